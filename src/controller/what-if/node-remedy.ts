import { nameOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Node } from '#kube/types.ts'
import { decide, explain } from '#placement/placement.ts'
import type { CompiledRequirement, CompiledTerm, PreparedDaemonSet } from '#placement/prepared.ts'
import { editNodes, type NodeEdit } from './node-edits.ts'

export const labelsOf = ({ metadata }: Node) => metadata?.labels

/** In how many ways the node misses a term. */
export function missing(term: CompiledTerm, node: Node): CompiledRequirement[] {
  return term.requirements.filter(({ kind, key, matches }) =>
    kind === 'field'
      ? key !== 'metadata.name' || !matches(nameOf(node))
      : !matches(labelValue(labelsOf(node), key)),
  )
}

/** The terms that can match at all, the one that the node misses least first. */
export const nearestTerms = ({ terms }: PreparedDaemonSet, node: Node): CompiledTerm[] =>
  (terms ?? [])
    .filter(({ usable }) => usable)
    .sort((one, other) => missing(one, node).length - missing(other, node).length)

/** Labels and taints that would let the pod in; of affinity's terms the one that needs the least. */
export function nodeRemedy(prepared: PreparedDaemonSet, node: Node): NodeEdit[] | undefined {
  const { reasons } = explain(prepared, node)
  const untaint = reasons.flatMap((reason): NodeEdit[] =>
    reason.code === 'UntoleratedTaint'
      ? [{ kind: 'untaint', key: reason.taint.key, effect: reason.taint.effect }]
      : [],
  )
  const terms: (CompiledTerm | undefined)[] = prepared.terms ? nearestTerms(prepared, node) : [undefined]
  for (const term of terms) {
    const edits = [...untaint, ...labelsFor(prepared, term, node)]
    const [after] = editNodes(
      [node],
      edits.map((edit) => ({ edit, nodes: [nameOf(node)] })),
    )
    if (after && decide(prepared, after).shouldRun) return edits
  }
  return undefined
}

/** For each label that is asked for and not right, a value that is. */
function labelsFor(prepared: PreparedDaemonSet, term: CompiledTerm | undefined, node: Node): NodeEdit[] {
  const asked = (term?.requirements ?? []).filter(({ kind }) => kind === 'expression')
  const keys = new Set([...prepared.nodeSelector, ...asked].map(({ key }) => key))
  return [...keys].flatMap((key): NodeEdit[] => {
    const wanted = prepared.nodeSelector.filter((entry) => entry.key === key).map(({ value }) => value)
    const tests = asked.filter((one) => one.key === key)
    const holds = (value: string | undefined) =>
      wanted.every((one) => one === value) && tests.every(({ matches }) => matches(value))
    if (holds(labelValue(labelsOf(node), key))) return []
    const candidates = [...wanted, ...tests.flatMap(valuesFor), undefined]
    const at = candidates.findIndex(holds)
    return at < 0 ? [] : [{ kind: 'label', key, value: candidates[at] ?? null }]
  })
}

/** Values that may meet a requirement. */
function valuesFor({ operator, values }: CompiledRequirement): string[] {
  const bound = Number(values[0])
  if (operator === 'Gt') return [String(bound + 1)]
  if (operator === 'Lt') return [String(bound - 1)]
  return operator === 'In' ? [...values] : ['true']
}
