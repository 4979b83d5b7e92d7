import type { NodeState } from '../daemon-pod.ts'
import type { Budget } from '../rolling-update.ts'
import { rollingUpdate } from '../rolling-update.ts'
import type { PodRules } from '../update-strategy.ts'
import { allowance } from '../update-strategy.ts'

/** What a rolling update may spend on `desired` nodes; undefined with OnDelete, and for a setting that cannot be read. */
export function budgetOf(rules: PodRules, desired: number): Omit<Budget, 'used'> | undefined {
  const allowed = rules.onDelete ? undefined : allowance(rules, desired)
  if (!allowed || 'error' in allowed) return undefined
  const rule = allowed.maxSurge === 0 ? 'maxUnavailable' : 'maxSurge'
  return { rule, allowed: allowed[rule], configured: rules[rule] ?? 0 }
}

/** Tells whether a node uses a part of the budget before anything is replaced; reckoned when it is asked first. */
export function budgetUse(nodes: readonly NodeState[], rules: PodRules): (node: string) => boolean {
  let using: ReadonlySet<string> | undefined
  return (node) => {
    using ??= new Set(rules.onDelete ? [] : rollingUpdate(nodes, rules).budget?.used.map((one) => one.node))
    return using.has(node)
  }
}
