import { accepted } from './checks/accepted.ts'
import { affinity } from './checks/affinity.ts'
import { budgets } from './checks/budgets.ts'
import { nodes } from './checks/nodes.ts'
import { pods } from './checks/pods.ts'
import { standing } from './checks/standing.ts'
import { tolerations } from './checks/tolerations.ts'
import { update } from './checks/update.ts'
import { volumes } from './checks/volumes.ts'
import type { Check } from './types.ts'

/** Every check, in the order in which findings of one place are told. */
export const checks: readonly Check[] = [
  accepted,
  update,
  affinity,
  tolerations,
  standing,
  pods,
  volumes,
  nodes,
  budgets,
].flatMap((group) => Object.entries(group).map(([id, check]) => ({ id, ...check })))
