import type { Ledger } from './ledger.ts'
import type { Look } from './settled.ts'
import type { BudgetUser, Finishes } from './types.ts'

const nodesText = (count: number, verb: readonly [string, string]) =>
  count === 1 ? `1 node ${verb[0]}` : `${count} nodes ${verb[1]}`

/** `agent-x on node-07 (terminating, node unreachable 2 h)` */
const userText = ({ node, pod, why }: BudgetUser): string =>
  `${pod === undefined ? node : `${pod} on ${node}`} (${why})`

/**
 * Whether the roll-out ends by itself: every node that should have a pod gets one of the new revision, and available. It does
 * not where a pod is held by something that does not pass, and then the others may not get there either, because what is
 * held uses up the allowance (kubernetes#63465). `waves`: it is rolled out in waves.
 */
export function finishesOf(
  { rows, settled, counters, holds }: Look,
  { budget, error }: Ledger,
  stuck: ReadonlySet<string>,
  onDelete: boolean,
  waves: { readonly paused?: string } | undefined,
): Finishes {
  const { desired, updated, available } = counters
  if (updated === desired && available === desired) return { can: true, done: true }
  if (error !== undefined) return { can: false, done: false, why: 'setting', waiting: 0, sentence: error }
  const waiting =
    settled.nodes -
    settled.updated +
    rows.filter((row) => row.shouldRun && row.updated === false && row.phase === 'ready').length
  if (onDelete && waiting > 0)
    return {
      can: false,
      done: false,
      why: 'on-delete',
      waiting,
      sentence: waves
        ? `it is rolled out in waves${waves.paused === undefined ? '' : `, which are paused (${waves.paused})`}: ${nodesText(waiting, ['keeps', 'keep'])} the old pod`
        : `the strategy is OnDelete: ${nodesText(waiting, ['keeps', 'keep'])} the old pod until someone deletes it`,
    }
  const users = budget?.used.filter((user) => user.stuck) ?? []
  if (budget && users.length >= budget.allowed && users.length > 0 && waiting > 0) {
    const shown = users.slice(0, 3).map(userText).join(', ')
    const more = users.length > 3 ? ` and ${users.length - 3} more` : ''
    return {
      can: false,
      done: false,
      why: 'budget',
      waiting,
      sentence: `${users.length === 1 ? '' : `${users.length} nodes are stuck and `}the budget of ${budget.allowed} is used up by ${shown}${more}: ${nodesText(waiting, ['keeps', 'keep'])} the old revision`,
    }
  }
  const held = rows.filter((row) => row.shouldRun && stuck.has(row.node)).length
  if (held === 0) return { can: true, done: false }
  const [worst] = holds
  const reason = worst ? ` (${worst.reason})` : ''
  return {
    can: false,
    done: false,
    why: 'holds',
    waiting,
    sentence: `${nodesText(held, ['does', 'do'])} not recover by ${held === 1 ? 'itself' : 'themselves'}${reason}`,
  }
}
