import type { IntOrString } from '#kube/types.ts'
import { isAvailable } from '../daemon-pod.ts'
import type { Counters } from '../daemon-set-status.ts'
import type { PodRules } from '../update-strategy.ts'
import { isUpdated } from '../update-strategy.ts'
import type { Blocked } from './blocked.ts'
import type { Rollout } from './rollout.ts'
import type { SimulatedNode, SimulatedPod } from './simulated-node.ts'

/** A node that keeps the roll-out from its end. */
export interface Hold {
  readonly node: string
  readonly pod?: string
  readonly cause: Blocked['cause'] | 'unknown'
  /** Does it use up a part of the budget? */
  readonly usesBudget: boolean
  /** `fluentd-x on node-7: terminating, node unreachable for 3 h` */
  readonly message: string
}

export interface SimulationEnd {
  readonly state: 'done' | 'stuck' | 'waits-for-delete' | 'nothing-desired'
  /** One sentence with the rule: `budget 1 is used up by …`. */
  readonly message: string
  readonly counters: Counters
  readonly holds: readonly Hold[]
  /** Nodes with an old pod that is fine and waits for its turn (OnDelete: for someone to delete it). */
  readonly waiting: readonly string[]
  readonly budget?: {
    readonly rule: 'maxUnavailable' | 'maxSurge'
    readonly allowed: number
    readonly configured: IntOrString
    readonly used: number
  }
}

/** How the roll-out of the DaemonSet `name` ended, and by whose fault if it did not come to its end. */
export function endingOf(rollout: Rollout, rules: PodRules, name: string): SimulationEnd {
  const counters = { ...rollout.counters }
  const inBudget = new Set(rollout.budget?.used.map((entry) => entry.node))
  const holds = rollout.nodes.flatMap((node) => holdsOn(node, rules, inBudget, name))
  const waiting = rollout.nodes.filter((node) => node.phase === 'waiting').map((node) => node.name)
  const budget = rollout.budget && {
    rule: rollout.budget.rule,
    allowed: rollout.budget.allowed,
    configured: rollout.budget.configured,
    used: rollout.budget.used.length,
  }
  const state = stateOf(counters, rules)
  const refused = rollout.nodes.find((node) => node.refused !== undefined)?.refused
  const message = messageOf({ state, counters, holds, waiting, budget, refused, error: rollout.error })
  return { state, message, counters, holds, waiting, ...(budget && { budget }) }
}

function stateOf(counters: Counters, rules: PodRules): SimulationEnd['state'] {
  if (counters.desired === 0) return 'nothing-desired'
  if (counters.updated === counters.desired && counters.available === counters.desired) return 'done'
  return rules.onDelete && counters.updated < counters.desired ? 'waits-for-delete' : 'stuck'
}

function holdsOn(node: SimulatedNode, rules: PodRules, inBudget: ReadonlySet<string>, name: string): Hold[] {
  if (node.phase !== 'active') return []
  const usesBudget = inBudget.has(node.name)
  const refused: Hold[] =
    node.refused === undefined
      ? []
      : [
          {
            node: node.name,
            cause: 'refused',
            usesBudget,
            message: `the new pod of ${name} on ${node.name}: refused`,
          },
        ]
  const held: Hold[] = node.pods
    .filter((pod) => pod.deleting || !isAvailable(pod, rules.minReady, Number.POSITIVE_INFINITY))
    .map((pod) => ({
      node: node.name,
      ...(pod.name !== '' && { pod: pod.name }),
      cause: pod.blocked?.cause ?? 'unknown',
      usesBudget,
      message: `${podText(pod, rules, name)} on ${node.name}: ${pod.blocked?.text ?? 'not available'}`,
    }))
  return [...refused, ...held]
}

/** Simulated pods have no names. */
const podText = (pod: SimulatedPod, rules: PodRules, name: string) =>
  pod.name || `the ${isUpdated(pod, rules) ? 'new' : 'old'} pod of ${name}`

const nodesText = (count: number) => `${count} ${count === 1 ? 'node' : 'nodes'}`

/** The first few culprits in words, and how many more there are. */
function listed(holds: readonly Hold[]): string {
  const shown = holds.slice(0, 3).map((hold) => hold.message)
  const more = holds.length - shown.length
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const waitsForDelete = (old: number, desired: number) =>
  `the strategy is OnDelete: ${nodesText(old)} of ${desired} ${old === 1 ? 'keeps' : 'keep'} the old pod until someone deletes it`

interface Outcome extends Pick<SimulationEnd, 'state' | 'counters' | 'holds' | 'waiting'> {
  readonly budget: SimulationEnd['budget'] | undefined
  readonly error: string | undefined
  /** Why a new pod is not let in. */
  readonly refused: string | undefined
}

function messageOf({ state, counters, holds, waiting, budget, error, refused }: Outcome): string {
  const { desired, updated, available } = counters
  const score = `${updated} of ${desired} updated, ${available} available`
  switch (state) {
    case 'nothing-desired':
      return 'no node matches: 0 pods'
    case 'done':
      return desired === 1
        ? 'the pod is updated and available'
        : `all ${desired} pods are updated and available`
    case 'waits-for-delete':
      return [waitsForDelete(desired - updated, desired), ...(holds.length > 0 ? [listed(holds)] : [])].join(
        '; ',
      )
  }
  if (refused !== undefined) return `new pods are not admitted: ${refused} (${score})`
  if (error !== undefined) return `the update cannot go on: ${error} (${score})`
  const spending = holds.filter((hold) => hold.usesBudget)
  if (budget && waiting.length > 0 && budget.used >= budget.allowed) {
    const percent = typeof budget.configured === 'string' ? ` (${budget.configured} of ${desired})` : ''
    const word = budget.rule === 'maxSurge' ? 'surge' : 'budget'
    const wait = `${nodesText(waiting.length)} with the old pod ${waiting.length === 1 ? 'waits' : 'wait'}`
    return `${word} ${budget.allowed}${percent} is used up by ${listed(spending)}; ${wait}`
  }
  return holds.length > 0 ? `${listed(holds)} (${score})` : score
}
