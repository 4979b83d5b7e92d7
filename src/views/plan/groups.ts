import type { PlacementComparison } from '#controller/changes/compare-placement.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import { groupNodes, type PlacementPlan, type PlanGroup, type PlannedNode } from '#placement/plan.ts'
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
  groups
    .map((group) => ({ reasons: groupReasons(group), names: group.nodes.map((node) => node.name) }))
    .sort(largestFirst)

function byReasons(changes: readonly NodeChange[], present: Present): Group[] {
  const groups = new Map<string, NodeChange[]>()
  for (const change of changes) {
    const key = reasonsKey(change)
    const group = groups.get(key)
    if (group) group.push(change)
    else groups.set(key, [change])
  }
  return [...groups.values()]
    .map((members) => ({ reasons: reasonsOf(members, present), names: members.map(({ node }) => node) }))
    .sort(largestFirst)
}

/** Tells the group of each node of the plan; undefined: another of the same name is in it already. */
function keyOf({ changes, compared }: ShownPlan): (node: PlannedNode) => GroupKey | undefined {
  if (!changes && !compared) return (node) => node.result
  const keys = new Map<string, GroupKey>(changes?.changes.map(({ node, outcome }) => [node, outcome]))
  const note = (names: readonly string[] = [], key: GroupKey) => {
    for (const name of names) keys.set(name, key)
  }
  note(compared?.added, 'added')
  note(compared?.removed, 'removed')
  note(compared?.notRecreated, 'not-recreated')
  note(compared?.unchanged, 'as-before')
  return ({ name }) => {
    const key = keys.get(name) ?? (compared && 'neither')
    if (changes) keys.delete(name)
    return key
  }
}

/** A node with its change, where pods are known. */
export interface Member {
  readonly node: PlannedNode
  readonly change: NodeChange | undefined
}

/** Every node in exactly one group. */
export function membersOf(shown: ShownPlan): ReadonlyMap<GroupKey, readonly Member[]> {
  const { plan, changes } = shown
  const groupOf = keyOf(shown)
  const changeOf = new Map(changes?.changes.map((change) => [change.node, change]))
  const members = new Map<GroupKey, Member[]>()
  for (const node of plan.nodes) {
    const key = groupOf(node)
    if (key === undefined) continue
    const member = { node, change: changeOf.get(node.name) }
    const there = members.get(key)
    if (there) there.push(member)
    else members.set(key, [member])
  }
  return members
}

/** How many nodes are in each group of `planGroups`, in its order. */
export function groupCounts(shown: ShownPlan): Pick<NodeGroup, 'key' | 'nodes'>[] {
  const members = membersOf(shown)
  return groupKeys.flatMap((key) => {
    const nodes = members.get(key)?.length
    return nodes === undefined ? [] : [{ key, nodes }]
  })
}

/** The groups of a plan that says where it may run alone. */
function placementGroups({ groups }: PlacementPlan): NodeGroup[] {
  return groupKeys.flatMap((key) => {
    const own = groups.filter(({ result }) => result === key)
    if (own.length === 0) return []
    const nodes = own.reduce((sum, group) => sum + group.nodes.length, 0)
    return [{ key, nodes, groups: byPlacement(own), changes: [] }]
  })
}

/** Every node in exactly one group, the groups in the order in which they are shown; empty ones are left out. */
export function planGroups(shown: ShownPlan): NodeGroup[] {
  if (!shown.changes && !shown.compared) return placementGroups(shown.plan)
  const members = membersOf(shown)
  return groupKeys.flatMap((key) => {
    const own = members.get(key)
    if (!own) return []
    const changes = own.flatMap(({ change }) => change ?? [])
    const groups =
      shown.changes && key !== 'not-targeted'
        ? byReasons(changes, shown.changes)
        : byPlacement(groupNodes(own.map(({ node }) => node)))
    return [{ key, nodes: own.length, groups, changes }]
  })
}
