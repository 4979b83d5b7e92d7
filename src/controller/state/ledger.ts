import { roughDuration } from '#kube/duration.ts'
import type { NodeState } from '../daemon-pod.ts'
import { type BudgetEntry, rollingUpdate } from '../rolling-update.ts'
import type { PodRules } from '../update-strategy.ts'
import type { Settled } from './settled.ts'
import type { BareHold, BudgetUser, PodRow, StateBudget, StateRow } from './types.ts'

export interface Ledger {
  readonly budget: StateBudget | undefined
  /** Why the update gives up: a setting that cannot be read. */
  readonly error: string | undefined
}

/** What uses up the rolling update's allowance, by the controller's own reckoning, on the nodes beside those that are settled. */
export function ledgerOf(
  nodes: readonly NodeState[],
  rows: readonly StateRow[],
  rules: PodRules,
  stuck: ReadonlySet<string>,
  settled: Settled,
): Ledger {
  if (rules.onDelete) return { budget: undefined, error: undefined }
  const { budget, error } = rollingUpdate(nodes, rules, { desired: settled.nodes, available: settled.nodes })
  if (!budget) return { budget: undefined, error }
  const byNode = new Map(rows.map((row) => [row.node, row]))
  const used = budget.used.map((entry) => userOf(entry, byNode.get(entry.node), stuck, rules.now))
  return { budget: { ...budget, used }, error }
}

function userOf(
  entry: BudgetEntry,
  row: StateRow | undefined,
  stuck: ReadonlySet<string>,
  now: number,
): BudgetUser {
  const pod = row?.pods.find(({ facts }) => facts.name === entry.pod)
  const { cause, node, pod: name } = entry
  const more = { cause, why: whyText(entry, pod, now), since: pod?.since, stuck: stuck.has(node) }
  return name === undefined ? { node, ...more } : { node, pod: name, ...more }
}

const causes: Readonly<Record<BudgetEntry['cause'], string>> = {
  terminating: 'terminating',
  missing: 'no pod there',
  'new-unavailable': 'new pod not available',
  'old-unavailable': 'old pod not available',
  'excess-pods': 'several pods there',
}

const nodeWords: Readonly<Record<string, string>> = {
  NodeUnreachable: 'node unreachable',
  NodeNotReady: 'node not ready',
  NodeGone: 'node gone',
}

function whyText({ cause }: BudgetEntry, pod: PodRow | undefined, now: number): string {
  const { trouble, since, deleted } = pod?.state ?? {}
  const age = (at: number | undefined) => (at !== undefined && at <= now ? ` ${roughDuration(now - at)}` : '')
  const node = nodeWords[trouble?.reason ?? '']
  if (cause === 'terminating')
    return node ? `terminating, ${node}${age(since)}` : `terminating${age(deleted?.at)}`
  if (node) return `${node}${age(since)}`
  if (!trouble || trouble.reason === '') return causes[cause]
  return `${cause === 'old-unavailable' ? 'old pod, ' : ''}${trouble.reason}${age(since)}`
}

/** The nodes that do not come to their end by themselves. */
export const stuckNodes = (holds: readonly BareHold[]): ReadonlySet<string> =>
  new Set(holds.flatMap(({ nodes, stuck }) => (stuck ? nodes : [])))
