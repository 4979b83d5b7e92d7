/**
 * Names for reasons that many nodes share, so that thousands of nodes fold into a few lines.
 */
import { goQuote } from '#kube/go-text.ts'
import type { NodeAffinityMismatch, Reason, RequirementTrace } from './decision.ts'
import { taintText } from './tolerations.ts'

/**
 * A stable key of what a reason has in common over nodes: the taint; the label that is missing, or has another value than
 * the wanted one; the affinity requirements that fail. Two reasons with one key have the same {@link groupTitle}.
 */
export function groupKey(reason: Reason): string {
  return `${reason.code} ${groupTitle(reason)}`
}

/** The same for people: `taint dedicated=gpu:NoSchedule`, `no label disktype`, `label disktype is not "ssd"`. */
export function groupTitle(reason: Reason): string {
  switch (reason.code) {
    case 'NodeNameMismatch':
      return `node name is not ${goQuote(reason.wanted)}`
    case 'NodeSelectorMismatch':
      return reason.actual === null
        ? `no label ${reason.key}`
        : `label ${reason.key} is not ${goQuote(reason.wanted)}`
    case 'NodeAffinityMismatch':
      return affinityTitle(reason)
    case 'UntoleratedTaint':
      return `taint ${taintText(reason.taint)}`
  }
}

function affinityTitle({ terms, message }: NodeAffinityMismatch): string {
  const usable = terms.filter((term) => term.state === 'mismatched')
  if (usable.length === 0) return message
  const wants = usable.map((term) => {
    const failing = term.requirements.filter((requirement) => !requirement.matched)
    return failing.map(requirementTitle).join(' and ')
  })
  return `affinity: ${[...new Set(wants)].join('; or ')}`
}

function requirementTitle({ actual, text, key, operator }: RequirementTrace): string {
  return actual === null && operator !== 'Exists' ? `no label ${key} (wants ${text})` : `not ${text}`
}
