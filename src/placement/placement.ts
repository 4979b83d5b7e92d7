import type { Decision } from './decision.ts'
import type { NodeSelectorEntry, PreparedDaemonSet, PrepareOptions } from './prepared.ts'
import type { PlacementWarning } from './warnings.ts'
/**
 * May this DaemonSet's pod run on this node: the decision of pkg/controller/daemon `NodeShouldRunDaemonPod`, from the
 * pod template alone. The scheduler's rules (resources, ports, pod affinity, `spec.unschedulable`) play no part in it.
 */

import { aggregate } from '#kube/field-error-text.ts'
import { labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { listOf, textOf } from '#kube/read.ts'
import { labelValue } from '#kube/requirements.ts'
import type { DaemonSet, Maybe, Node, PodSpec, StringMap } from '#kube/types.ts'
import { affinityMatches, compileAffinity } from './affinity.ts'
import type { Answers } from './answers.ts'
import { nodeTable } from './node-table.ts'
import { findToleration, indexTolerations, podTolerations, tolerationWarnings } from './tolerations.ts'

export type * from './decision.ts'
export { explain, explainAll } from './explain.ts'
export { groupKey, groupTitle } from './grouping.ts'
export type { Demand, NearestMiss } from './nearest-miss.ts'
export { nearestMiss } from './nearest-miss.ts'
export type * from './prepared.ts'
export type * from './warnings.ts'

/** Works out once what every decision about a DaemonSet needs, and warns of what can match nothing. Never throws. */
export function prepareDaemonSet(daemonSet: DaemonSet, options: PrepareOptions = {}): PreparedDaemonSet {
  const spec = daemonSet.spec?.template?.spec
  const comparisonOperators = options.comparisonOperators ?? false
  const warnings: PlacementWarning[] = []
  const selection = nodeSelection(spec, warnings)
  const tolerations = podTolerations(spec)
  warnings.push(...tolerationWarnings(tolerations, comparisonOperators))
  const parseErrors = selection.terms?.flatMap((term) => term.parseErrors) ?? []
  const nodeName = textOf(spec?.nodeName)
  return {
    nodeName: nodeName === '' ? null : nodeName,
    ...selection,
    tolerations,
    tolerationIndex: indexTolerations(tolerations),
    comparisonOperators,
    warnings,
    affinityParseErrors: parseErrors.length === 0 ? null : aggregate(parseErrors),
  }
}

/** Which nodes a pod's node selector and required node affinity ask for. Warnings are added to the list given. */
export function nodeSelection(spec: Maybe<PodSpec>, warnings: PlacementWarning[] = []): NodeSelection {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return {
    nodeSelector: selectorEntries(spec?.nodeSelector, warnings),
    terms: compileAffinity(required, warnings),
  }
}

type NodeSelection = Pick<PreparedDaemonSet, 'nodeSelector' | 'terms'>

/** Whether the node has what the selector and one of the affinity's terms ask (`GetRequiredNodeAffinity(pod).Match(node)`). */
export function selectsNode({ nodeSelector, terms }: NodeSelection, { metadata }: Node): boolean {
  const labels = metadata?.labels
  for (const { key, value } of nodeSelector) if (labelValue(labels, key) !== value) return false
  return terms === null || affinityMatches(terms, labels, metadata?.name ?? '')
}

function selectorEntries(selector: Maybe<StringMap>, warnings: PlacementWarning[]): NodeSelectorEntry[] {
  return Object.entries(selector ?? {}).map(([key, given]) => {
    const path = ['spec', 'template', 'spec', 'nodeSelector', key]
    const value = textOf(given)
    const [error] = [...qualifiedNameErrors(key), ...labelValueErrors(value)]
    if (error !== undefined) {
      const message = `no node can have the label ${key}="${value}": ${error}`
      warnings.push({ code: 'ImpossibleNodeSelector', path, message })
    }
    return { key, value, path }
  })
}

const run: Decision = Object.freeze({ shouldRun: true, shouldContinueRunning: true })
const stay: Decision = Object.freeze({ shouldRun: false, shouldContinueRunning: true })
const refuse: Decision = Object.freeze({ shouldRun: false, shouldContinueRunning: false })

/**
 * Both answers for one node. Name, selector and affinity come first: a miss is no/no. Then an untolerated NoExecute taint
 * is no/no, an untolerated NoSchedule taint no/yes. Other effects never matter. Returns one of three shared objects.
 */
export function decide(prepared: PreparedDaemonSet, node: Node): Decision {
  if (prepared.nodeName !== null && prepared.nodeName !== (node.metadata?.name ?? '')) return refuse
  if (!selectsNode(prepared, node)) return refuse
  return decideTaints(prepared, node)
}

function decideTaints(prepared: PreparedDaemonSet, node: Node): Decision {
  const { tolerationIndex, comparisonOperators } = prepared
  let decision = run
  for (const taint of listOf(node.spec?.taints)) {
    if (taint?.effect !== 'NoSchedule' && taint?.effect !== 'NoExecute') continue
    const { effect } = taint
    const key = textOf(taint.key)
    const value = textOf(taint.value)
    if (findToleration(tolerationIndex, key, value, effect, comparisonOperators) !== undefined) continue
    if (effect === 'NoExecute') return refuse
    decision = stay
  }
  return decision
}

/**
 * The decisions of a DaemonSet on many nodes. Agrees with {@link decide}. What is found out about a list of nodes is kept for
 * whoever asks about the same list: it must not change.
 */
export function decideAll(prepared: PreparedDaemonSet, nodes: readonly Node[]): Answers<Decision> {
  return nodeTable(nodes).answersByKind(prepared, (node) => decide(prepared, node))
}
