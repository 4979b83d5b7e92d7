/** What an object that is no pod counts against a quota. Mirrors pkg/quota/v1/evaluator/core services.go and generic. */
import { addQuantities, type Quantity, zeroQuantity } from '#kube/quantity.ts'
import { numberIn, objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Amounts } from './quota-usage.ts'

/** Of these quotas count the objects by their bare name, too. */
const bareNames = new Set([
  ...['configmaps', 'persistentvolumeclaims', 'replicationcontrollers'],
  ...['resourcequotas', 'secrets', 'services'],
])

/**
 * The resources of a quota that an object counts against.
 *
 * @param resource `configmaps`, `jobs.batch`
 */
export const objectResourcesOf = (resource: string, names: readonly string[]): string[] =>
  names.filter(
    (name) =>
      name === `count/${resource}` ||
      (bareNames.has(resource) && name === resource) ||
      (resource === 'services' && ['services.nodeports', 'services.loadbalancers'].includes(name)),
  )

const amount = (count: number): Quantity => ({ mantissa: BigInt(count), scale: 0, format: 'DecimalSI' })

/** A balancer has a port of the node for each of its own, unless it is told to have none. */
function serviceUsage({ spec: given }: JsonObject): Amounts {
  const spec = objectIn({ spec: given ?? null }, 'spec')
  const type = stringIn(spec, 'type')
  const balances = type === 'LoadBalancer'
  const ports = objectsIn(spec, 'ports')
  const own =
    balances && spec.allocateLoadBalancerNodePorts === false
      ? ports.filter((port) => numberIn(port, 'nodePort') !== 0)
      : ports
  return new Map([
    ['services.nodeports', amount(balances || type === 'NodePort' ? own.length : 0)],
    ['services.loadbalancers', amount(balances ? 1 : 0)],
  ])
}

/** All that an object counts. */
export function objectUsage(resource: string, object: JsonObject): Amounts {
  const usage: Amounts = new Map([[`count/${resource}`, amount(1)]])
  if (bareNames.has(resource)) usage.set(resource, amount(1))
  if (resource === 'services') for (const [name, used] of serviceUsage(object)) usage.set(name, used)
  return usage
}

/** What an update adds: of most objects nothing. */
export function addedUsage(resource: string, next: JsonObject, old: JsonObject | undefined): Amounts {
  const usage = objectUsage(resource, next)
  if (!old) return usage
  for (const [name, before] of objectUsage(resource, old)) {
    const more = addQuantities(usage.get(name) ?? zeroQuantity, { ...before, mantissa: -before.mantissa })
    usage.set(name, more.mantissa > 0n ? more : zeroQuantity)
  }
  return usage
}
