import type {
  Explanation,
  NodeTaint,
  Pass,
  Reason,
  RequirementTrace,
  TermTrace,
  TolerationNearMiss,
} from './decision.ts'
import type { CompiledTerm, PreparedDaemonSet } from './prepared.ts'
/**
 * A decision with all its evidence. Looks at the same compiled rules as `decide`, but at every one of them instead of
 * stopping at the first miss.
 */

import { goQuote } from '#kube/go-text.ts'
import { listOf } from '#kube/read.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Maybe, Node, StringMap } from '#kube/types.ts'
import { actualValue, affinityPath, requirementHolds } from './affinity.ts'
import type { Answers } from './answers.ts'
import { nodeTable } from './node-table.ts'
import { findToleration, nodeTaint, taintText, tolerationDifferences, tolerationsFor } from './tolerations.ts'

interface Findings {
  readonly reasons: Reason[]
  readonly passes: Pass[]
}

/** Both answers for one node with every reason against, and everything asked that held. Agrees with `decide`. */
export function explain(prepared: PreparedDaemonSet, node: Node): Explanation {
  const findings: Findings = { reasons: [], passes: [] }
  const nodeName = node.metadata?.name ?? ''
  const labels = node.metadata?.labels
  explainName(prepared, nodeName, findings)
  explainSelector(prepared, labels, findings)
  explainAffinity(prepared, labels, nodeName, findings)
  for (const [index, taint] of listOf(node.spec?.taints).entries()) {
    explainTaint(prepared, nodeTaint(taint), index, findings)
  }
  const { reasons } = findings
  return {
    shouldRun: reasons.length === 0,
    shouldContinueRunning: reasons.every((reason) => reason.code === 'UntoleratedTaint' && !reason.evicts),
    ...findings,
  }
}

function explainName(prepared: PreparedDaemonSet, actual: string, { reasons, passes }: Findings): void {
  const wanted = prepared.nodeName
  if (wanted === null) return
  const path = ['spec', 'template', 'spec', 'nodeName']
  if (wanted === actual) {
    passes.push({
      code: 'NodeNameMatched',
      path,
      wanted,
      message: `node name is ${goQuote(wanted)}, as wanted`,
    })
  } else {
    const message = `node name is ${goQuote(actual)}, wanted ${goQuote(wanted)}`
    reasons.push({ code: 'NodeNameMismatch', path, wanted, actual, message })
  }
}

function explainSelector(
  prepared: PreparedDaemonSet,
  labels: Maybe<StringMap>,
  { reasons, passes }: Findings,
): void {
  for (const { key, value: wanted, path } of prepared.nodeSelector) {
    const actual = labelValue(labels, key) ?? null
    if (actual === wanted) {
      const message = `node label ${key} is ${goQuote(wanted)}, as wanted`
      passes.push({ code: 'NodeSelectorMatched', path, key, value: wanted, message })
    } else {
      const message = `${fact('label', key, actual)}, wanted ${goQuote(wanted)}`
      reasons.push({ code: 'NodeSelectorMismatch', path, key, wanted, actual, message })
    }
  }
}

function fact(what: 'label' | 'field', key: string, actual: string | null): string {
  return actual === null ? `node has no ${what} ${key}` : `node ${what} ${key} is ${goQuote(actual)}`
}

function explainAffinity(
  prepared: PreparedDaemonSet,
  labels: Maybe<StringMap>,
  nodeName: string,
  { reasons, passes }: Findings,
): void {
  if (prepared.terms === null) return
  const terms = prepared.terms.map((term) => traceTerm(term, labels, nodeName))
  const matched = terms.find((term) => term.state === 'matched')
  if (matched === undefined) {
    reasons.push({
      code: 'NodeAffinityMismatch',
      path: affinityPath,
      terms,
      message: affinityMessage(terms),
    })
    return
  }
  const which = terms.length === 1 ? '' : `, term ${matched.index + 1} of ${terms.length}`
  const message = `node affinity matches${which}: ${matched.text}`
  passes.push({ code: 'NodeAffinityMatched', path: matched.path, termIndex: matched.index, terms, message })
}

/** One affinity term held against one node. */
function traceTerm(term: CompiledTerm, labels: Maybe<StringMap>, nodeName: string): TermTrace {
  const { index, path, text, parseErrors } = term
  const shared = { index, path, text, parseErrors }
  if (!term.usable) {
    return { ...shared, state: parseErrors.length > 0 ? 'dropped' : 'empty', requirements: [] }
  }
  const requirements = term.requirements.map((requirement): RequirementTrace => {
    const { matches: _, ...plain } = requirement
    const actual = actualValue(requirement, labels, nodeName)
    return { ...plain, actual: actual ?? null, matched: requirementHolds(requirement, actual, nodeName) }
  })
  const state = requirements.every((requirement) => requirement.matched) ? 'matched' : 'mismatched'
  return { ...shared, state, requirements }
}

function affinityMessage(terms: readonly TermTrace[]): string {
  const usable = terms.filter((term) => term.state === 'mismatched')
  const [only] = usable
  if (only === undefined) {
    return terms.length === 0
      ? 'node affinity has no terms and matches no node'
      : 'no node affinity term is usable (empty or invalid), so none matches any node'
  }
  if (usable.length > 1) return `none of ${usable.length} node affinity terms matches`
  const facts = only.requirements
    .filter((requirement) => !requirement.matched)
    .map(({ kind, key, actual, text }) => {
      return `${fact(kind === 'field' ? 'field' : 'label', key, actual)}, affinity wants ${text}`
    })
  return facts.join('; ')
}

function explainTaint(
  prepared: PreparedDaemonSet,
  taint: NodeTaint,
  taintIndex: number,
  { reasons, passes }: Findings,
): void {
  const { key, value, effect } = taint
  const name = taintText(taint)
  if (effect !== 'NoSchedule' && effect !== 'NoExecute') {
    const message = `taint ${name} never keeps a DaemonSet away`
    passes.push({ code: 'TaintIgnored', taintIndex, taint, message })
    return
  }
  const { tolerationIndex, comparisonOperators } = prepared
  const toleration = findToleration(tolerationIndex, key, value, effect, comparisonOperators)
  if (toleration === undefined) {
    const nearMisses = tolerationsFor(tolerationIndex, key).map((candidate): TolerationNearMiss => {
      return {
        toleration: candidate,
        differs: tolerationDifferences(candidate, taint, comparisonOperators),
      }
    })
    const message = `taint ${name} is not tolerated`
    const evicts = effect === 'NoExecute'
    reasons.push({ code: 'UntoleratedTaint', taintIndex, taint, evicts, nearMisses, message })
    return
  }
  const by =
    toleration.origin === 'controller'
      ? 'that the DaemonSet controller adds'
      : `of the manifest, tolerations[${toleration.index}]`
  const message = `taint ${name} is tolerated by ${toleration.text} ${by}`
  passes.push({ code: 'TaintTolerated', taintIndex, taint, toleration, message })
}

/**
 * {@link explain} for many nodes, each when somebody asks for it. Those that look the same to this DaemonSet (wanted labels,
 * taints and, where it is asked for, the name) share one object.
 */
export function explainAll(prepared: PreparedDaemonSet, nodes: readonly Node[]): Answers<Explanation> {
  return nodeTable(nodes).answers(prepared, (node) => explain(prepared, node))
}

/** The same for all on which the same rules hold, with the values of the first of them. */
export function explainKinds(prepared: PreparedDaemonSet, nodes: readonly Node[]): Answers<Explanation> {
  return nodeTable(nodes).answersByKind(prepared, (node) => explain(prepared, node))
}
