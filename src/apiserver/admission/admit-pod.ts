/** A new pod on its way through a v1.36 server: which plugins look at it, and in which order. Webhooks are nobody's to foresee. */
import { aggregate, fieldErrorText } from '#kube/field-error-text.ts'
import { objectIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { applyAppArmorAnnotations, defaultPod } from '../defaults/pod.ts'
import { validatePod } from '../validation/pod.ts'
import { checkLimits, setDefaultLimits } from './limit-ranger.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { isSystemClass, resolvePriority } from './priority.ts'
import { checkQuotas } from './resource-quota.ts'
import { applyRuntimeClass } from './runtime-class.ts'
import { setServiceAccount } from './service-account.ts'
import { addDefaultTolerations } from './tolerations.ts'
import type { AdmissionObjects, Answer, DraftPod, PodAdmission, PodRefusal, Unknown } from './types.ts'

const forbidden = (name: string, why: string): PodRefusal => ({
  allowed: false,
  status: 403,
  reason: 'Forbidden',
  message: `pods "${name}" is forbidden: ${why}`,
})

/** The NamespaceLifecycle plugin: pods are made in namespaces that are there and mean to stay. */
function checkNamespace(pod: DraftPod, namespace: AdmissionObjects['namespace']): PodRefusal | undefined {
  const name = stringIn(pod.metadata, 'namespace')
  if (namespace === null)
    return { allowed: false, status: 404, reason: 'NotFound', message: `namespaces "${name}" not found` }
  if (stringIn(objectIn(namespace, 'status'), 'phase') !== 'Terminating') return undefined
  return forbidden(
    pod.shownName,
    `unable to create new content in namespace ${name} because it is being terminated`,
  )
}

/** What changes the pod, in the order in which the plugins stand. */
const mutations: readonly ((pod: DraftPod, objects: AdmissionObjects) => Answer)[] = [
  (pod, { limitRanges }) => {
    setDefaultLimits(pod, limitRanges ?? [])
    return undefined
  },
  (pod, { serviceAccounts }) => setServiceAccount(pod, serviceAccounts),
  (pod, { priorityClasses }) => resolvePriority(pod, priorityClasses),
  (pod) => {
    addDefaultTolerations(pod)
    return undefined
  },
  (pod, { runtimeClasses }) => applyRuntimeClass(pod, runtimeClasses),
]

function invalid(name: string, pod: JsonObject): PodRefusal | undefined {
  const errors = validatePod(pod)
  if (errors.length === 0) return undefined
  const message = `Pod "${name}" is invalid: ${aggregate(errors.map(fieldErrorText))}`
  return { allowed: false, status: 422, reason: 'Invalid', message, errors }
}

/**
 * What a v1.36 server says to the creation of a pod, in its words, and what it makes of it: defaults, the plugins that are on
 * by themselves, validation. Mutations come first, so that a pod that two rules refuse is refused by the first of them.
 *
 * @param given as its maker sends it, with its namespace; a name that the server would make up may be missing, and `agent-` is
 *   shown for it then
 * @param generated its name is one that the server has made up, which it does only after the mutations
 */
export function admitPod(given: JsonObject, objects: AdmissionObjects, generated = false): PodAdmission {
  const pod = defaultPod(given)
  const metadata = objectIn(pod, 'metadata')
  const prefix = stringIn(metadata, 'generateName')
  const shownName = stringIn(metadata, 'name') || prefix
  const draft: DraftPod = {
    shownName: generated ? prefix : shownName,
    metadata,
    spec: objectIn(pod, 'spec'),
  }
  const nowhere = checkNamespace(draft, objects.namespace)
  if (nowhere) return nowhere
  for (const mutate of mutations) {
    const refused = mutate(draft, objects)
    if (refused !== undefined) return forbidden(draft.shownName, refused)
  }
  const complete = { ...pod, metadata: draft.metadata, spec: draft.spec }
  applyAppArmorAnnotations(complete)
  const broken = invalid(shownName, complete)
  if (broken) return broken
  const beyond = checkLimits(draft, objects.limitRanges ?? [])
  if (beyond !== undefined) return forbidden(shownName, beyond)
  const labels = objectIn(objectIn(objects.namespace, 'metadata'), 'labels')
  const { refused, warning } = podSecurity(draft.metadata, draft.spec, labels)
  if (refused !== undefined) return forbidden(shownName, refused)
  const counted = objects.resourceQuotas && checkQuotas(complete, objects.resourceQuotas)
  if (counted && 'refused' in counted) return forbidden(shownName, counted.refused)
  return {
    allowed: true,
    pod: complete,
    warnings: warning === undefined ? [] : [warning],
    resourceQuotas: counted?.quotas,
  }
}

/** What would have to be known, too, to be sure of the answer about a pod of this spec. */
export function unknownFor(spec: JsonObject, objects: AdmissionObjects): Unknown[] {
  const className = stringIn(spec, 'priorityClassName')
  const account = stringIn(spec, 'serviceAccountName')
  const wanted: Readonly<Record<Unknown, boolean>> = {
    namespace: true,
    priorityClasses: className !== '' && !isSystemClass(className),
    serviceAccounts: account !== '' && account !== 'default',
    runtimeClasses: stringOrNone(spec, 'runtimeClassName') !== undefined,
    limitRanges: true,
    resourceQuotas: true,
  }
  return (Object.keys(wanted) as Unknown[]).filter((what) => wanted[what] && objects[what] === undefined)
}
