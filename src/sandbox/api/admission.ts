import { admitPod } from '#apiserver/admission/admit-pod.ts'
import { podSecurityTemplateWarning } from '#apiserver/admission/pod-security/pod-security.ts'
import type { AdmissionObjects, PodRefusal } from '#apiserver/admission/types.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { Store } from '../store/store.ts'
import { asJson, metadataOf } from './json.ts'
import { forbidden, invalid, notFound, type StatusError } from './status-errors.ts'

const kinds = {
  namespaces: { group: '', plural: 'namespaces' },
  accounts: { group: '', plural: 'serviceaccounts' },
  classes: { group: 'scheduling.k8s.io', plural: 'priorityclasses' },
} as const

const labelsOf = (object: StoredObject | undefined) => objectIn(object && asJson(object).metadata, 'labels')
const securityLabel = 'pod-security.kubernetes.io/'
const namespaceOf = (store: Store, object: JsonObject) =>
  store.collection(kinds.namespaces).get(stringIn(metadataOf(object), 'namespace'))

/** Whether some rule has a say in such a pod: most are let in as they come, and many are made. */
function isJudged(store: Store, pod: JsonObject): boolean {
  const spec = objectIn(pod, 'spec')
  const account = stringIn(spec, 'serviceAccountName') || 'default'
  const className = stringIn(spec, 'priorityClassName')
  const namespace = stringIn(metadataOf(pod), 'namespace')
  return (
    Object.keys(labelsOf(namespaceOf(store, pod))).some((label) => label.startsWith(securityLabel)) ||
    (account !== 'default' && !store.collection(kinds.accounts).get(keyOf(namespace, account))) ||
    (className !== '' && !store.collection(kinds.classes).get(className))
  )
}

/** What the sandbox holds around a pod; kinds that it does not serve are not judged. */
function objectsAround(store: Store, pod: JsonObject): AdmissionObjects {
  const home = namespaceOf(store, pod)
  const namespace = stringIn(metadataOf(pod), 'namespace')
  const accounts = [...store.collection(kinds.accounts).values()].filter(
    ({ metadata }) => metadata.namespace === namespace,
  )
  return {
    namespace: home ? asJson(home) : undefined,
    priorityClasses: [...store.collection(kinds.classes).values()].map(asJson),
    // The namespace's controller may not have made it yet.
    serviceAccounts: [...accounts.map(asJson), { metadata: { name: 'default', namespace } }],
    runtimeClasses: undefined,
    limitRanges: undefined,
    resourceQuotas: undefined,
  }
}

function refusalOf({ errors, message, reason }: PodRefusal, name: string, namespace: string): StatusError {
  if (reason === 'NotFound') return notFound(kinds.namespaces, namespace)
  if (errors) return invalid({ group: '', kind: 'Pod' }, name, errors)
  const pods = { group: '', plural: 'pods' }
  return forbidden(pods, name, message.slice(message.indexOf('is forbidden: ') + 'is forbidden: '.length))
}

/**
 * Lets a pod in, whoever makes it.
 *
 * @throws StatusError in the server's words where one of its rules refuses it
 */
export function admit(store: Store, pod: JsonObject): void {
  if (!isJudged(store, pod)) return
  const answer = admitPod(pod, objectsAround(store, pod))
  if (answer.allowed) return
  const metadata = metadataOf(pod)
  const name = stringIn(metadata, 'name') || stringIn(metadata, 'generateName')
  throw refusalOf(answer, name, stringIn(metadata, 'namespace'))
}

/** What the namespace warns of in a pod that it lets in. */
export function podWarnings(store: Store, pod: JsonObject): readonly string[] {
  if (!isJudged(store, pod)) return []
  const answer = admitPod(pod, objectsAround(store, pod))
  return answer.allowed ? answer.warnings : []
}

/** What the namespace warns of in a controller's template: its pods would be refused, or warned of, too. */
export function templateWarnings(store: Store, object: JsonObject): readonly string[] {
  const template = objectIn(objectIn(object, 'spec'), 'template')
  const warning = podSecurityTemplateWarning(template, labelsOf(namespaceOf(store, object)))
  return warning === undefined ? [] : [warning]
}
