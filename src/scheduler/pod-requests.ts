import type { Container, PodSpec, QuantityMap } from '#kube/types.ts'
import { parseAmount } from './amounts.ts'

/** What is asked of a node, by resource, in the scheduler's whole units: thousandths of a core, bytes, pieces. */
export type Requests = Map<string, number>

/** Resources for which a figure for the whole pod may be given. */
const podLevel = (resource: string) =>
  resource === 'cpu' || resource === 'memory' || resource.startsWith('hugepages-')

function add(to: Requests, from: ReadonlyMap<string, number>): Requests {
  for (const [resource, amount] of from) to.set(resource, (to.get(resource) ?? 0) + amount)
  return to
}

function raise(to: Requests, from: ReadonlyMap<string, number>): void {
  for (const [resource, amount] of from) to.set(resource, Math.max(to.get(resource) ?? 0, amount))
}

function amounts(quantities: QuantityMap | null | undefined, unreadable: Set<string>): Requests {
  const result: Requests = new Map()
  for (const [resource, quantity] of Object.entries(quantities ?? {})) {
    const amount = parseAmount(resource, quantity ?? '')
    if (amount === undefined) unreadable.add(`${resource}: ${String(quantity)}`)
    else result.set(resource, amount)
  }
  return result
}

/** The API server takes a limit for the request where none is given. */
function ofContainer(container: Container, unreadable: Set<string>): Requests {
  const { limits, requests } = container?.resources ?? {}
  return amounts({ ...limits, ...requests }, unreadable)
}

/**
 * What the scheduler sets aside for a pod: containers together, or an init container with the sidecars started before it if
 * that is more; a request for the whole pod goes before those, a limit for the whole pod stands in where no container asks;
 * overhead on top. Mirrors `PodRequests` of k8s.io/component-helpers. Quantities that cannot be read are named in
 * `unreadable` and count as nothing.
 */
export function podRequests(spec: PodSpec | null | undefined, unreadable: Set<string> = new Set()): Requests {
  const total: Requests = new Map()
  for (const container of spec?.containers ?? []) add(total, ofContainer(container, unreadable))
  const sidecars: Requests = new Map()
  const starting: Requests = new Map()
  for (const container of spec?.initContainers ?? []) {
    const own = ofContainer(container, unreadable)
    if (container?.restartPolicy === 'Always') {
      add(total, own)
      add(sidecars, own)
      raise(starting, sidecars)
    } else raise(starting, add(new Map(own), sidecars))
  }
  raise(total, starting)
  for (const [resource, amount] of amounts(spec?.resources?.limits, unreadable))
    if (podLevel(resource) && !total.has(resource)) total.set(resource, amount)
  for (const [resource, amount] of amounts(spec?.resources?.requests, unreadable))
    if (podLevel(resource)) total.set(resource, amount)
  return add(total, amounts(spec?.overhead, unreadable))
}
