/** References to a pod's own fields and resources. Mirrors pkg/apis/core/validation and pkg/apis/core/pods. */
import { qualifiedNameErrors } from '#kube/labels.ts'
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
export function checkFieldRef(at: Place, allowed: readonly string[]): void {
  const version = at.child('apiVersion')
  const path = at.child('fieldPath')
  if (version.text === '' || path.text === '') {
    const missing = version.text === '' ? version : path
    missing.required()
    return
  }
  const failed = conversionError(version.text, path.text)
  const parts = subscripted(path.text)
  if (failed) path.wrong(`error converting fieldPath: ${failed}`)
  else if (parts) {
    const key = parts.path === 'metadata.annotations' ? parts.key.toLowerCase() : parts.key
    at.invalidEach(key, qualifiedNameErrors(key))
  } else path.holding(path.text === 'spec.host' ? 'spec.nodeName' : path.text).oneOf(allowed)
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

function checkDivisor(resource: string, divisor: Place): void {
  if (divisor.text === '0' || divisor.text === '') return
  const kind = resource.slice(resource.indexOf('.') + 1)
  if (kind === 'cpu' && resources.includes(resource)) {
    const rule = "only divisor's values 1m and 1 are supported with the cpu resource"
    if (divisor.text !== '1m' && divisor.text !== '1') divisor.invalid(resource, rule)
    return
  }
  const named = hugePages.test(resource)
    ? 'hugepages'
    : kind === 'ephemeral-storage'
      ? 'local ephemeral storage'
      : kind
  if ((resources.includes(resource) || named === 'hugepages') && !bytes.includes(divisor.text)) {
    const rule = `only divisor's values ${bytes.join(', ')} are supported with the ${named} resource`
    divisor.invalid(resource, rule)
  }
}

/** A reference to a container's resource (validateContainerResourceFieldSelector). */
export function checkResourceFieldRef(at: Place, inVolume: boolean): void {
  const resource = at.child('resource')
  if (inVolume && at.child('containerName').text === '') at.child('containerName').required()
  else if (resource.text === '') resource.required()
  else if (!hugePages.test(resource.text)) resource.oneOf(resources)
  checkDivisor(resource.text, at.child('divisor'))
}
