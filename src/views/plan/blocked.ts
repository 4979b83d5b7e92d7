import type { NodeChange } from '#controller/changes/node-change.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import { counted, sampleNames } from '../names.ts'

const byNode = ({ outcome }: NodeChange) => outcome === 'terminating' || outcome === 'node-not-ready'

const isHomeless = ({ outcome }: NodeChange) => outcome === 'unplaceable'

/** `2 terminating pods`, where all are alike. */
function podsText(held: readonly NodeChange[]): string {
  const [first, ...rest] = new Set(held.map(({ outcome }) => outcome))
  const alike = rest.length === 0 && (first === 'terminating' || first === 'crash-looping')
  if (alike) return counted(held.length, `${first} pod`)
  const pods = counted(held.length, 'pod')
  return held.every(isHomeless) ? `${pods} without room` : `${pods} in trouble`
}

function nodesBack(nodes: number): string[] {
  if (nodes === 0) return []
  return [nodes === 1 ? 'bring the node back or delete it' : 'bring the nodes back or delete them']
}

/** Pods in trouble, or that find no room, use up the whole budget, so no healthy old pod is replaced. */
export const isBlocked = ({ budget, changes }: ChangePlan): boolean =>
  budget !== undefined &&
  budget.usedBy.length >= budget.allowed &&
  changes.some(({ outcome, state }) => outcome === 'replace' && !state?.trouble)

/**
 * That pods in trouble use up the whole budget, so that no healthy old pod is replaced, and the way out: sentences; none
 * where the update goes on.
 */
export function blockedNotes(
  plan: ChangePlan,
  daemonSet: { readonly namespace: string; readonly name: string },
): string[] {
  const { budget, changes } = plan
  if (!budget || !isBlocked(plan)) return []
  const { rule, configured, usedBy } = budget
  const held = changes.filter(({ usesBudget }) => usesBudget)
  const names = sampleNames(usedBy, 60)
  const ways = [
    ...nodesBack(held.filter(byNode).length),
    ...(held.some(isHomeless) ? ['make room'] : []),
    ...(held.every((one) => byNode(one) || isHomeless(one))
      ? []
      : [`fix the pods (kds rollout undo ds/${daemonSet.name} -n ${daemonSet.namespace})`]),
    `raise ${rule}`,
  ]
  return [
    `The update is blocked: ${rule} ${configured} is used up by ${podsText(held)} on ${names}. Way out: ${ways.join(', or ')}.`,
  ]
}
