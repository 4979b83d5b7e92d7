/** What DaemonSets ask of nodes together, before anything else runs there. */
import { labelValue } from '#kube/requirements.ts'
import type { DaemonSet, Node, PodSpec } from '#kube/types.ts'
import type { Answers } from '#placement/answers.ts'
import { type NodeValue, nodeLabel } from '#placement/asked.ts'
import { overlay, placesByCode, recoded } from '#placement/columns.ts'
import { nodeTable } from '#placement/node-table.ts'
import { decideAll, prepareDaemonSet } from '#placement/placement.ts'
import { parseAmount } from '#scheduler/amounts.ts'
import { podRequests, type Requests } from '#scheduler/pod-requests.ts'
import { allocatableOf } from '#scheduler/resources-fit.ts'

/** A DaemonSet with the spec that its pods come to the scheduler with. */
interface AskingDaemonSet {
  readonly daemonSet: DaemonSet
  readonly spec: PodSpec | null | undefined
}

/** A container that asks for none of a resource, so that nothing is set aside for it. */
interface UnsetRequest {
  readonly container: string
  readonly resources: readonly string[]
}

export interface DaemonSetOverhead {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  /** Of one pod, in the scheduler's units, with `pods`. */
  readonly requests: Requests
  readonly unset: readonly UnsetRequest[]
  /** How many nodes it should run on. */
  readonly nodes: number
}

/** Nodes of one size on which the same DaemonSets run, and that share the labels that were asked for. */
export interface NodeClass {
  readonly names: readonly string[]
  /** Values of the labels that were asked for; null: no such label. */
  readonly labels: readonly (string | null)[]
  /** What the nodes can allocate of each resource that is asked of them, and of cpu, memory and pods; absent: they do not say. */
  readonly allocatable: Requests
  /** Which of the DaemonSets run there, by their places in the list. */
  readonly runs: readonly number[]
  /** What they ask together. */
  readonly asks: Requests
  /** The largest part of any resource that they ask, from 0. */
  readonly share: number
}

export interface Overhead {
  /** The one that asks the most of all nodes together first: cpu, then memory. */
  readonly daemonSets: readonly DaemonSetOverhead[]
  /** The largest share first. `runs` are places in `daemonSets`. */
  readonly classes: readonly NodeClass[]
  /** What they ask of all nodes together. */
  readonly total: Requests
}

/** Always told of a node, asked for or not. */
const usual = ['cpu', 'memory', 'pods']

/** What a pod of this spec takes of a node, one of `pods` among it. */
export const podTakes = (spec: PodSpec | null | undefined): Requests => podRequests(spec).set('pods', 1)

function addTimes(to: Requests, amounts: ReadonlyMap<string, number>, times = 1): Requests {
  for (const [resource, amount] of amounts) to.set(resource, (to.get(resource) ?? 0) + amount * times)
  return to
}

/** Sorts nodes into classes. `runs` tells for each DaemonSet on which of the nodes it runs; the largest share first. */
export function nodeClasses(
  nodes: readonly Node[],
  runs: readonly Answers<boolean>[],
  requests: readonly Requests[],
  labels: readonly string[] = [],
): NodeClass[] {
  const resources = [...new Set([...usual, ...requests.flatMap((each) => [...each.keys()])])]
  const valuesOn = (node: Node) => labels.map((label) => labelValue(node.metadata?.labels, label) ?? null)
  const table = nodeTable(nodes)
  const looks = [
    ...resources.map((resource) => recoded(table.values(allocatableText(resource)), amountText(resource))),
    ...labels.map((label) => table.values(nodeLabel(label))),
    ...runs.map((on) => on.by(Number)),
  ]
  const alike = looks.reduce(overlay)
  const classes = placesByCode(alike).map((places): NodeClass => {
    const first = places[0] ?? 0
    const node = nodes[first] ?? {}
    const here = runs.flatMap((on, index) => (on.at(first) ? [index] : []))
    const allocatable = allocatableOn(node, resources)
    const asks = here.reduce(
      (sum, index) => addTimes(sum, requests[index] ?? new Map()),
      new Map() as Requests,
    )
    return {
      names: Array.from(places, (at) => nodes[at]?.metadata?.name ?? ''),
      labels: valuesOn(node),
      allocatable,
      runs: here,
      asks,
      share: shareOf(asks, allocatable),
    }
  })
  return classes.sort((a, b) => b.share - a.share || b.names.length - a.names.length)
}

/** What a node says of a resource, as it is written. */
const allocatableText = (resource: string): NodeValue => ({
  name: `allocatable ${resource}`,
  read({ status }) {
    const all = status?.allocatable
    return all ? String(Object.hasOwn(all, resource) ? (all[resource] ?? '') : 0) : undefined
  },
})

/** Equal for texts of one amount. */
const amountText = (resource: string) => (text: string | undefined) =>
  text === undefined ? '' : String(parseAmount(resource, text) ?? 0)

function allocatableOn(node: Node, resources: readonly string[]): Requests {
  const found: Requests = new Map()
  if (!node.status?.allocatable) return found
  for (const resource of resources) found.set(resource, allocatableOf(node, resource) ?? 0)
  return found
}

/** Asking for what a node has none of is more than all of it. */
const shareOf = (asks: Requests, allocatable: Requests): number =>
  Math.max(
    0,
    ...[...asks].map(([resource, amount]) => {
      const whole = allocatable.get(resource)
      return whole === undefined || amount === 0 ? 0 : amount / whole
    }),
  )

/** Which containers ask for no cpu or no memory, unless the pod as a whole does. */
function unsetOf(spec: PodSpec | null | undefined): UnsetRequest[] {
  return (spec?.containers ?? []).flatMap((container) => {
    const resources = ['cpu', 'memory'].filter((resource) => {
      const asked = { ...container?.resources?.limits, ...container?.resources?.requests }
      return asked[resource] === undefined && spec?.resources?.requests?.[resource] === undefined
    })
    return resources.length > 0 ? [{ container: container?.name ?? '', resources }] : []
  })
}

/** What DaemonSets ask of the nodes on which they should run, whether their pods are there yet or not. */
export function overheadOf(
  asking: readonly AskingDaemonSet[],
  nodes: readonly Node[],
  options: { readonly labels?: readonly string[]; readonly comparisonOperators?: boolean } = {},
): Overhead {
  const all = asking.map(({ daemonSet, spec }) => {
    const decisions = decideAll(prepareDaemonSet(daemonSet, options), nodes)
    const runs = decisions.map(({ shouldRun }) => shouldRun)
    const { name, namespace } = daemonSet.metadata ?? {}
    const one: DaemonSetOverhead = {
      daemonSet: { namespace: namespace ?? '', name: name ?? '' },
      requests: podTakes(spec),
      unset: unsetOf(spec),
      nodes: runs.count((on) => on),
    }
    return { one, runs }
  })
  const cost = (resource: string, { requests, nodes: count }: DaemonSetOverhead) =>
    (requests.get(resource) ?? 0) * count
  all.sort(
    (a, b) =>
      cost('cpu', b.one) - cost('cpu', a.one) ||
      cost('memory', b.one) - cost('memory', a.one) ||
      b.one.nodes - a.one.nodes,
  )
  const daemonSets = all.map(({ one }) => one)
  return {
    daemonSets,
    classes: nodeClasses(
      nodes,
      all.map(({ runs }) => runs),
      daemonSets.map(({ requests }) => requests),
      options.labels,
    ),
    total: daemonSets.reduce((sum, one) => addTimes(sum, one.requests, one.nodes), new Map() as Requests),
  }
}
