import { targetNodeOf } from '#controller/daemon-pod.ts'
import type { Node } from '#kube/types.ts'
import { DisruptionBudgets } from '#scheduler/disruption-budgets.ts'
import { firstRefusal, type NodeFilter } from '#scheduler/filter.ts'
import { filtersFor } from '#scheduler/filters.ts'
import { aimOfPod, placementFilter } from '#scheduler/placement-filters.ts'
import type { PodInfo } from '#scheduler/pod-info.ts'
import { leastHarm } from '#scheduler/preemption.ts'
import { type Outcome, schedule } from '#scheduler/schedule.ts'
import { unschedulableMessage } from '#scheduler/unschedulable-message.ts'
import { Storage } from '#scheduler/volumes/storage.ts'
import { types } from '../api/resources.ts'
import type { Store, StoredNode, StoredPod } from '../store/store.ts'
import { budgetsOf, nodesOf } from './context.ts'
import { infoOf, type NodeRoom } from './node-room.ts'

/** What becomes of a pod. */
type Placing =
  | { readonly kind: 'bind'; readonly node: string }
  /** It waits until these have left the node. */
  | {
      readonly kind: 'preempt'
      readonly node: string
      readonly victims: readonly PodInfo[]
      readonly message: string
    }
  /** `keepsNomination`: it waits for pods that it evicted before. */
  | { readonly kind: 'pending'; readonly message: string; readonly keepsNomination: boolean }

interface Candidate extends Outcome {
  readonly node: StoredNode
}

interface SchedulingInput {
  readonly pod: StoredPod
  readonly store: Store
  readonly room: NodeRoom
}

/** No kind of storage is served: a claim that a pod names is missing. */
const storage = new Storage({ persistentVolumeClaims: [] })
const nothing = () => {}
const waits = 'not eligible due to a terminating pod on the nominated node.'

/** One cycle of the scheduler for one pod: on the emptiest node that takes it, else where evicting others does the least harm. */
export function place(input: SchedulingInput): Placing {
  const { store, room } = input
  const pod = infoOf(input.pod)
  const target = targetNodeOf(input.pod)
  const filters = filtersOf(pod, target !== undefined, store, room)
  const nodes = nodesOf(store)
  const candidates =
    target === undefined ? nodes.values() : [nodes.get(target)].filter((node) => node !== undefined)
  const refused: StoredNode[] = []
  let best: { readonly node: string; readonly pods: number } | undefined
  for (const node of candidates) {
    const { name } = node.metadata
    const there = room.around(name, pod)
    if (firstRefusal(filters, withRoom(node), there)) refused.push(node)
    else if (!best || there.length < best.pods) best = { node: name, pods: there.length }
  }
  if (best) return { kind: 'bind', node: best.node }
  return makeRoom(input, pod, refused, filters)
}

function makeRoom(
  { pod: { spec, status }, store, room }: SchedulingInput,
  pod: PodInfo,
  refused: readonly StoredNode[],
  filters: readonly NodeFilter[],
): Placing {
  const count = nodesOf(store).size
  const budgets = new DisruptionBudgets([...budgetsOf(store).values()])
  const outcomes = refused.map((node): Candidate => {
    const pods = room.around(node.metadata.name, pod)
    const preempts = spec?.preemptionPolicy !== 'Never'
    return {
      node,
      ...schedule({ pod, preempts, node: withRoom(node), pods, filters, budgets: () => budgets }),
    }
  })
  const nominated = outcomes.find(({ node }) => node.metadata.name === status?.nominatedNodeName)
  if (nominated && !nominated.refusal?.unresolvable && isAwaited(nominated.node, pod, room)) {
    const eligible = outcomes.map((one) => ({ ...one, victims: [], noVictims: [waits], mayNotPreempt: true }))
    return { kind: 'pending', message: unschedulableMessage(eligible, count), keepsNomination: true }
  }
  const message = unschedulableMessage(outcomes, count)
  const chosen = leastHarm(outcomes.filter(({ victims }) => victims.length > 0))
  if (!chosen) return { kind: 'pending', message, keepsNomination: false }
  return { kind: 'preempt', node: chosen.node.metadata.name, victims: chosen.victims, message }
}

/** `PodEligibleToPreemptOthers`: those that left for it are still on their way out. */
const isAwaited = (node: StoredNode, pod: PodInfo, room: NodeRoom): boolean =>
  room.around(node.metadata.name, pod).some((one) => one.priority < pod.priority && one.isPreempted)

function filtersOf(pod: PodInfo, pinned: boolean, store: Store, room: NodeRoom): readonly NodeFilter[] {
  const aim = aimOfPod(pod, pinned)
  const all = () => [...nodesOf(store).values()]
  const around = {
    get nodes() {
      return all()
    },
    podsOn: (node: string) => room.around(node, pod),
    antiAffineNodes: room.antiAffineNodes(all),
    namespaceLabels: (name: string) =>
      store.collection(types.namespaces).get(name)?.metadata.labels ?? undefined,
    storage,
    missing: nothing,
  }
  return filtersFor(pod, around, aim, [placementFilter(pod)])
}

/** Nodes of a dump may tell their capacity only, and not how many pods they take. */
function withRoom(node: StoredNode): Node {
  const allocatable = node.status?.allocatable ?? node.status?.capacity
  if (!allocatable || (node.status?.allocatable && allocatable.pods !== undefined)) return node
  return { ...node, status: { ...node.status, allocatable: { pods: '110', ...allocatable } } }
}
