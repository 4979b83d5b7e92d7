/** What a pod counts against a quota. Mirrors pkg/quota/v1/evaluator/core pods.go. */
import { getKey } from '#base/json.ts'
import { addQuantities, parseQuantity, type Quantity } from '#kube/quantity.ts'
import { numberIn, numberOrNone, objectIn, objectOrNone, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import { heldSpec } from '#kube/resized.ts'
import type { JsonObject, Pod } from '#kube/types.ts'
import { podAmounts } from '../validation/pod-resources.ts'
import { isExtended, isHugePage, isNative, quantitiesIn } from '../validation/resources.ts'

export type Amounts = Map<string, Quantity>

const one: Quantity = { mantissa: 1n, scale: 0, format: 'DecimalSI' }
const computeResources = ['cpu', 'memory', 'ephemeral-storage']
const podResources = new Set([
  'count/pods',
  'pods',
  ...computeResources.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
])

/** The resources of a quota that pods count against. */
export const podResourcesOf = (names: readonly string[]): string[] =>
  names.filter(
    (name) =>
      podResources.has(name) ||
      isHugePage(name) ||
      name.startsWith('requests.hugepages-') ||
      (!isNative(name) && name.startsWith('requests.')),
  )

/** Requests and limits under the names that quotas give them. */
export function quotaAmounts(
  requests: ReadonlyMap<string, Quantity>,
  limits: ReadonlyMap<string, Quantity>,
): Amounts {
  const result: Amounts = new Map([['pods', one]])
  for (const [name, amount] of requests) {
    const compute = computeResources.includes(name) || isHugePage(name)
    if (compute) result.set(name, amount)
    if (compute || isExtended(name)) result.set(`requests.${name}`, amount)
  }
  for (const [name, amount] of limits)
    if (computeResources.includes(name)) result.set(`limits.${name}`, amount)
  return result
}

/** A pod that is over, or should be by now, uses nothing but its place among the objects. */
function isOver(pod: JsonObject, now: number): boolean {
  if (['Failed', 'Succeeded'].includes(stringIn(objectIn(pod, 'status'), 'phase'))) return true
  const metadata = objectIn(pod, 'metadata')
  const grace = numberOrNone(metadata, 'deletionGracePeriodSeconds')
  const deletion = Date.parse(stringIn(metadata, 'deletionTimestamp'))
  return grace !== undefined && now > deletion + grace * 1000
}

/** @param now milliseconds since the epoch */
export function podUsage(pod: JsonObject, now: number): Amounts {
  const count: Amounts = new Map([['count/pods', one]])
  if (isOver(pod, now)) return count
  const spec = objectIn(pod, 'spec')
  // Of a pod that is resized as a whole the wish counts, not what its kubelet holds.
  const [requests, limits] = (['requests', 'limits'] as const).map((field) =>
    podAmounts({ ...heldSpec(pod as Pod, field), resources: spec.resources } as JsonObject, field),
  ) as [Amounts, Amounts]
  for (const [name, overhead] of quantitiesIn(spec, 'overhead')) {
    const [request, limit] = [requests.get(name), limits.get(name)]
    requests.set(name, request ? addQuantities(request, overhead) : overhead)
    if (limit && limit.mantissa !== 0n) limits.set(name, addQuantities(limit, overhead))
  }
  return new Map([...count, ...quotaAmounts(requests, limits)])
}

const isPositive = (resources: JsonObject) =>
  ['requests', 'limits'].some((field) =>
    ['cpu', 'memory'].some((name) => {
      const parsed = parseQuantity(String(getKey(objectIn(resources, field), name) ?? '0'))
      return parsed.ok && parsed.quantity.mantissa > 0n
    }),
  )

/** Of the quality of service BestEffort: nobody asks for anything. */
function isBestEffort(spec: JsonObject): boolean {
  const own = objectIn(spec, 'resources')
  if (isPositive(own)) return false
  return !['containers', 'initContainers'].some((list) =>
    objectsIn(spec, list).some((container) => isPositive(objectIn(container, 'resources'))),
  )
}

const isTerminating = (spec: JsonObject) =>
  numberOrNone(spec, 'activeDeadlineSeconds') !== undefined && numberIn(spec, 'activeDeadlineSeconds') >= 0

function crossesNamespaces(spec: JsonObject): boolean {
  const affinity = objectIn(spec, 'affinity')
  return ['podAffinity', 'podAntiAffinity'].some((kind) => {
    const terms = objectIn(affinity, kind)
    return [
      ...objectsIn(terms, 'requiredDuringSchedulingIgnoredDuringExecution'),
      ...objectsIn(terms, 'preferredDuringSchedulingIgnoredDuringExecution').map((preferred) =>
        objectIn(preferred, 'podAffinityTerm'),
      ),
    ].some((term) => objectsIn(term, 'namespaces').length > 0 || objectOrNone(term, 'namespaceSelector'))
  })
}

/** As a label selector over the one label that the class is; a pod without a class has none. */
function matchesClass(className: string, scope: JsonObject): boolean {
  const values = stringsIn(scope, 'values')
  switch (stringIn(scope, 'operator')) {
    case 'In':
      return className !== '' && values.includes(className)
    case 'NotIn':
      return className === '' || !values.includes(className)
    case 'Exists':
      return className !== ''
    case 'DoesNotExist':
      return className === ''
    default:
      return false
  }
}

function matchesScope(spec: JsonObject, scope: JsonObject): boolean {
  const className = stringIn(spec, 'priorityClassName')
  switch (stringIn(scope, 'scopeName')) {
    case 'Terminating':
      return isTerminating(spec)
    case 'NotTerminating':
      return !isTerminating(spec)
    case 'BestEffort':
      return isBestEffort(spec)
    case 'NotBestEffort':
      return !isBestEffort(spec)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(spec)
    case 'PriorityClass':
      return matchesClass(className, scope)
    default:
      return false
  }
}

/** Is the pod in every scope of the quota? */
export function inScopes(spec: JsonObject, quota: JsonObject): boolean {
  const quotaSpec = objectIn(quota, 'spec')
  const scopes = Array.isArray(quotaSpec.scopes) ? quotaSpec.scopes : []
  return [
    ...scopes.map((scopeName): JsonObject => ({ scopeName, operator: 'Exists' })),
    ...objectsIn(objectIn(quotaSpec, 'scopeSelector'), 'matchExpressions'),
  ].every((scope) => matchesScope(spec, scope))
}
