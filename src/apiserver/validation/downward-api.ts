/** References to a pod's own fields and resources. Mirrors pkg/apis/core/validation and pkg/apis/core/pods. */
import { qualifiedNameErrors } from '#kube/labels.ts'
import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'

/** What an environment variable may refer to, in the server's order. */
export const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** What a file may refer to. */
export const volumeFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]

/** Names that a v1 pod has for the downward API at all, wherever they may be used. */
const knownLabels = [
  ...envFieldPaths,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]

/** `metadata.labels['key']` as its path and key (SplitMaybeSubscriptedPath). */
function subscripted(path: string): { path: string; key: string } | undefined {
  if (!path.endsWith("']")) return undefined
  const parts = path.slice(0, -2).split("['")
  const [before = '', ...rest] = parts
  return parts.length < 2 || before === '' ? undefined : { path: before, key: rest.join("['") }
}

/** Why a path is no name of the downward API (ConvertDownwardAPIFieldLabel). */
function conversionError(version: string, path: string): string | undefined {
  if (version !== 'v1') return `unsupported pod version: ${version}`
  const parts = subscripted(path)
  if (parts) {
    const takesKeys = parts.path === 'metadata.annotations' || parts.path === 'metadata.labels'
    return takesKeys ? undefined : `field label does not support subscript: ${path}`
  }
  return knownLabels.includes(path) || path === 'spec.host' ? undefined : `field label not supported: ${path}`
}

/** A reference to a field (validateObjectFieldSelector). */
export function checkFieldRef(fieldRef: JsonObject, allowed: readonly string[], at: Place): void {
  const version = stringIn(fieldRef, 'apiVersion')
  const path = stringIn(fieldRef, 'fieldPath')
  if (version === '') {
    at.child('apiVersion').required()
    return
  }
  if (path === '') {
    at.child('fieldPath').required()
    return
  }
  const failed = conversionError(version, path)
  if (failed) {
    at.child('fieldPath').invalid(path, `error converting fieldPath: ${failed}`)
    return
  }
  const parts = subscripted(path)
  if (parts) {
    const key = parts.path === 'metadata.annotations' ? parts.key.toLowerCase() : parts.key
    at.invalidEach(key, qualifiedNameErrors(key))
    return
  }
  const name = path === 'spec.host' ? 'spec.nodeName' : path
  at.child('fieldPath').oneOf(name, allowed)
}

const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const bytes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const hugePages = /^(requests|limits)\.hugepages-/

function checkDivisor(resource: string, divisor: string, at: Place): void {
  if (divisor === '0' || divisor === '') return
  const kind = resource.slice(resource.indexOf('.') + 1)
  if (kind === 'cpu' && resources.includes(resource)) {
    const rule = "only divisor's values 1m and 1 are supported with the cpu resource"
    if (divisor !== '1m' && divisor !== '1') at.child('divisor').invalid(resource, rule)
    return
  }
  const named = hugePages.test(resource)
    ? 'hugepages'
    : kind === 'ephemeral-storage'
      ? 'local ephemeral storage'
      : kind
  if ((resources.includes(resource) || named === 'hugepages') && !bytes.includes(divisor)) {
    const rule = `only divisor's values ${bytes.join(', ')} are supported with the ${named} resource`
    at.child('divisor').invalid(resource, rule)
  }
}

/** A reference to a container's resource (validateContainerResourceFieldSelector). */
export function checkResourceFieldRef(ref: JsonObject, inVolume: boolean, at: Place): void {
  const resource = stringIn(ref, 'resource')
  if (inVolume && stringIn(ref, 'containerName') === '') at.child('containerName').required()
  else if (resource === '') at.child('resource').required()
  else if (!resources.includes(resource) && !hugePages.test(resource)) {
    at.child('resource').notSupported(resource, resources)
  }
  checkDivisor(resource, stringIn(ref, 'divisor'), at)
}
