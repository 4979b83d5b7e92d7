import { grouped } from '#base/grouped.ts'
import type { PlacementComparison } from '#controller/changes/compare-placement.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { PlacementPlan, PlanGroup, PlannedNode, PlannedNodes } from '#placement/plan.ts'
import type { Group } from '../sections.ts'
import { type Present, reasonsKey, reasonsOf } from './change-reasons.ts'
import { type GroupKey, groupKeys } from './looks.ts'
import { groupReasons } from './reason-text.ts'

/** A plan as it is shown: against the pods that are there, against an older manifest, or where it may run alone. */
export interface ShownPlan {
  readonly plan: PlacementPlan
  readonly changes?: ChangePlan | undefined
  readonly compared?: PlacementComparison | undefined
  /** Whether the pods would be let in; undefined: nobody was asked. */
  readonly admission?: PlanAdmission | undefined
}

/** Nodes with one outcome, in groups that share their reasons; the largest first. */
export interface NodeGroup {
  readonly key: GroupKey
  readonly nodes: number
  readonly groups: readonly Group[]
  /** The changes of its nodes, where pods are known. */
  readonly changes: readonly NodeChange[]
}

const largestFirst = (a: Group, b: Group) => b.names.length - a.names.length

/** By what placement has against a pod. */
const byPlacement = (groups: readonly PlanGroup[]): Group[] =>
  groups.map((group) => ({ reasons: groupReasons(group), names: group.nodes.names })).sort(largestFirst)

function byReasons(changes: readonly NodeChange[], present: Present): Group[] {
  return [...grouped(changes, reasonsKey).values()]
    .map((members) => ({ reasons: reasonsOf(members, present), names: members.map(({ node }) => node) }))
    .sort(largestFirst)
}

/** The nodes of a group, and what changes on each of them, where pods are known. */
interface Part {
  readonly nodes: PlannedNodes
  readonly changes: readonly NodeChange[]
}

/** The nodes by what becomes of them. Of several of one name it is the first. */
function changedParts({ nodes }: PlacementPlan, { changes }: ChangePlan): Map<GroupKey, Part> {
  const byOutcome = grouped(changes, ({ outcome }): GroupKey => outcome)
  const places = (of: readonly NodeChange[]) => Int32Array.from(of, ({ node }) => nodes.placeOf(node))
  return new Map([...byOutcome].map(([key, of]) => [key, { nodes: nodes.pick(places(of)), changes: of }]))
}

/** The nodes that are in each group, every one in exactly one. */
function partsOf({ plan, changes, compared }: ShownPlan): Map<GroupKey, Part> {
  if (changes) return changedParts(plan, changes)
  const places = compared ? Object.entries(compared) : plan.nodes.byResult()
  return new Map(
    [...places].map(([key, at]) => [key as GroupKey, { nodes: plan.nodes.pick(at), changes: [] }]),
  )
}

/** A node with its change, where pods are known. */
export interface Member {
  readonly node: PlannedNode
  readonly change: NodeChange | undefined
}

/** Every node in exactly one group. */
export const membersOf = (shown: ShownPlan): ReadonlyMap<GroupKey, readonly Member[]> =>
  new Map(
    [...partsOf(shown)].map(([key, { changes, nodes }]) => [
      key,
      Array.from(nodes, (node, at) => ({ node, change: changes[at] })),
    ]),
  )

const sizes = (compared: PlacementComparison) =>
  Object.fromEntries(Object.entries(compared).map(([key, { length }]) => [key, length]))

/** How many nodes are in each group of `planGroups`, in its order. */
export function groupCounts({ plan, changes, compared }: ShownPlan): Pick<NodeGroup, 'key' | 'nodes'>[] {
  const counts: Partial<Record<GroupKey, number>> =
    changes?.outcomes ?? (compared ? sizes(compared) : plan.count)
  return groupKeys.flatMap((key) => {
    const nodes = counts[key] ?? 0
    return nodes === 0 ? [] : [{ key, nodes }]
  })
}

/** Every node in exactly one group, the groups in the order in which they are shown; empty ones are left out. */
export function planGroups(shown: ShownPlan): NodeGroup[] {
  const { plan, changes: present, compared } = shown
  const parts = present || compared ? partsOf(shown) : undefined
  return groupCounts(shown).map(({ key, nodes }) => {
    const part = parts?.get(key)
    const changes = part?.changes ?? []
    const placed = () => part?.nodes.groups() ?? plan.groups.filter(({ result }) => result === key)
    const groups = present && key !== 'not-targeted' ? byReasons(changes, present) : byPlacement(placed())
    return { key, nodes, groups, changes }
  })
}
