import { admitPod } from '#apiserver/admission/admit-pod.ts'
import { podSecurity, podSecurityTemplateWarning } from '#apiserver/admission/pod-security/pod-security.ts'
import { checkObjectQuotas, checkQuotas } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects, PodAdmitted, PodRefusal } from '#apiserver/admission/types.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { getOrMake, oncePer } from '#base/once.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Store } from '../store/store.ts'
import { asJson, metadataOf, withMetadata } from './json.ts'
import { forbidden, type GroupResource, invalid, notFound, StatusError } from './status-errors.ts'

const namespaces = { group: '', plural: 'namespaces' }
const kinds = {
  serviceAccounts: { group: '', plural: 'serviceaccounts' },
  limitRanges: { group: '', plural: 'limitranges' },
  resourceQuotas: { group: '', plural: 'resourcequotas' },
  priorityClasses: { group: 'scheduling.k8s.io', plural: 'priorityclasses' },
  runtimeClasses: { group: 'node.k8s.io', plural: 'runtimeclasses' },
} as const

const namespaceOf = (object: JsonObject) => stringIn(metadataOf(object), 'namespace')
const labelsOf = (store: Store, object: JsonObject) => {
  const home = store.collection(namespaces).get(namespaceOf(object))
  return objectIn(home && asJson(home).metadata, 'labels')
}

interface Verdict {
  readonly pod: JsonObject
  readonly answer: PodAdmitted
}

/** A namespace as admission sees it. */
interface Surroundings {
  readonly objects: AdmissionObjects
  /** What became of pods that were let in, quotas aside, by their list of containers: pods of one template share it. */
  readonly verdicts: WeakMap<object, Verdict>
}

/** The surroundings of each namespace, looked up when they are first asked for and forgotten when some of it changes. */
const knownIn = oncePer((store: Store): Map<string, Surroundings> => {
  const known = new Map<string, Surroundings>()
  store.collection(namespaces).subscribe(({ object }) => known.delete(object.metadata.name))
  for (const kind of Object.values(kinds))
    store.collection(kind).subscribe(({ object: { metadata } }) => {
      const { namespace = '' } = metadata
      const present = known.get(namespace)
      // Each pod that is let in changes its quotas, and nothing else that others are judged by.
      if (kind !== kinds.resourceQuotas) known.delete(namespace)
      else if (present) known.set(namespace, withQuotas(store, namespace, present))
      if (namespace === '') known.clear()
    })
  return known
})

const objectsIn = (store: Store, kind: GroupResource, namespace: string): JsonObject[] =>
  [...store.collection(kind).values()]
    .filter(({ metadata }) => (metadata.namespace ?? namespace) === namespace)
    .map(asJson)

function withQuotas(store: Store, namespace: string, { objects, verdicts }: Surroundings): Surroundings {
  const resourceQuotas = objectsIn(store, kinds.resourceQuotas, namespace)
  return { objects: { ...objects, resourceQuotas }, verdicts }
}

const surroundingsOf = (store: Store, namespace: string): Surroundings =>
  getOrMake(knownIn(store), namespace, () => {
    const home = store.collection(namespaces).get(namespace)
    const near = Object.entries(kinds).map(([name, kind]) => [name, objectsIn(store, kind, namespace)])
    const objects: AdmissionObjects = { ...Object.fromEntries(near), namespace: home ? asJson(home) : null }
    return { objects, verdicts: new WeakMap() }
  })

/** Whether two pods of a namespace differ in nothing that admission looks at: a DaemonSet's, but for the node that each is for. */
function alike(one: JsonObject, other: JsonObject): boolean {
  const [a, b] = [objectIn(one, 'spec'), objectIn(other, 'spec')]
  const affinities = [a, b].map((spec) => ({ ...objectIn(spec, 'affinity'), nodeAffinity: null }))
  return (
    Object.keys(a).length === Object.keys(b).length &&
    metadataOf(one).annotations === metadataOf(other).annotations &&
    Object.keys(a).every(
      (key) =>
        a[key] === b[key] ||
        (key === 'affinity' && sameIgnoringNulls(affinities[0], affinities[1])) ||
        (key === 'tolerations' && sameIgnoringNulls(a[key], b[key])),
    )
  )
}

/** The pod as the one like it was let in. */
function likewise(pod: JsonObject, { pod: admitted }: PodAdmitted): JsonObject {
  const { affinity } = objectIn(pod, 'spec')
  const { annotations } = metadataOf(admitted)
  const metadata = annotations === undefined ? metadataOf(pod) : { ...metadataOf(pod), annotations }
  const spec = { ...objectIn(admitted, 'spec'), ...(affinity === undefined ? {} : { affinity }) }
  return { ...withMetadata(pod, metadata), spec }
}

function refusalOf({ status, reason, message, errors }: PodRefusal, namespace: string): StatusError {
  if (reason === 'NotFound') return notFound(namespaces, namespace)
  const name = /"(.*?)"/.exec(message)?.[1] ?? ''
  if (errors) return invalid({ group: '', kind: 'Pod' }, name, errors)
  return new StatusError(status, reason, message, { name, kind: 'pods' })
}

/**
 * Lets a pod in, whoever makes it: what admission has made of it.
 *
 * @param generated its name is made up
 * @throws StatusError in the server's words where one of its rules refuses it
 */
export function admit(store: Store, pod: JsonObject, generated: boolean): JsonObject {
  const namespace = namespaceOf(pod)
  const { objects, verdicts } = surroundingsOf(store, namespace)
  const { containers } = objectIn(pod, 'spec')
  const template = Array.isArray(containers) ? containers : undefined
  const known = template && verdicts.get(template)
  if (known && alike(known.pod, pod)) {
    const made = likewise(pod, known.answer)
    if (!('refused' in checkQuotas(made, objects.resourceQuotas ?? []))) return made
  }
  const answer = admitPod(pod, objects, generated)
  if (!answer.allowed) throw refusalOf(answer, namespace)
  if (template) verdicts.set(template, { pod, answer })
  return answer.pod
}

/** `configmaps`, `jobs.batch`: as quotas and messages name a resource. */
export const resourceName = ({ group, plural }: GroupResource): string =>
  group ? `${plural}.${group}` : plural

/**
 * Counts an object that is no pod against the quotas of its namespace.
 *
 * @throws StatusError 403 where one of them has no room for it
 */
export function requireQuota(
  store: Store,
  resource: GroupResource,
  next: JsonObject,
  old: JsonObject | undefined,
): void {
  if (store.collection(kinds.resourceQuotas).size === 0) return
  const { resourceQuotas = [] } = surroundingsOf(store, namespaceOf(next)).objects
  const counted = checkObjectQuotas(resourceName(resource), next, old, resourceQuotas)
  const name = stringIn(metadataOf(next), 'name')
  if ('refused' in counted) throw forbidden(resource, name, counted.refused)
}

/** What the namespace warns of in a pod that it lets in. */
export function podWarnings(store: Store, pod: JsonObject): readonly string[] {
  const { warning } = podSecurity(metadataOf(pod), objectIn(pod, 'spec'), labelsOf(store, pod))
  return warning === undefined ? [] : [warning]
}

/**
 * What the namespace warns of in a controller's template: its pods would be refused, or warned of, too.
 *
 * @param spec the one that the template is in
 */
export function templateWarnings(
  store: Store,
  object: JsonObject,
  spec = objectIn(object, 'spec'),
): readonly string[] {
  const warning = podSecurityTemplateWarning(objectIn(spec, 'template'), labelsOf(store, object))
  return warning === undefined ? [] : [warning]
}
