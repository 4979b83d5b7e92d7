import type { FieldPath } from '#base/field-path.ts'
import type { CompiledRequirement, CompiledTerm } from './prepared.ts'
import type { PlacementWarning } from './warnings.ts'
/**
 * Required node affinity: k8s.io/component-helpers scheduling/corev1/nodeaffinity. Terms are ORed; what a term asks is ANDed;
 * an empty term matches nothing; a term with any parse error is dropped whole, silently upstream and with a warning here.
 */

import { invalidValue, unsupportedValue } from '#kube/field-error-text.ts'
import { listOf, textOf } from '#kube/read.ts'
import {
  labelValue,
  type RequirementOperator,
  requirementErrors,
  requirementTest,
  requirementText,
} from '#kube/requirements.ts'
import type {
  Maybe,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  StringMap,
} from '#kube/types.ts'

/** Where required node affinity stands in a DaemonSet. */
export const affinityPath: FieldPath = [
  'spec',
  'template',
  'spec',
  'affinity',
  'nodeAffinity',
  'requiredDuringSchedulingIgnoredDuringExecution',
]
const termsPath: FieldPath = [...affinityPath, 'nodeSelectorTerms']
export const nameField = 'metadata.name'

const expressionOperators: Readonly<Record<string, RequirementOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}
const fieldOperators: Readonly<Record<string, RequirementOperator>> = { In: '=', NotIn: '!=' }

/** One requirement, null when something is wrong with it, and what. */
interface Parsed {
  readonly requirement: CompiledRequirement | null
  readonly text: string
  readonly errors: readonly string[]
}

function parseRequirement(
  kind: 'expression' | 'field',
  wire: Maybe<NodeSelectorRequirement>,
  path: FieldPath,
  shortPath: string,
): Parsed {
  const key = textOf(wire?.key)
  const name = textOf(wire?.operator)
  const values = listOf(wire?.values).map(textOf)
  const known = kind === 'expression' ? expressionOperators : fieldOperators
  const operator = Object.hasOwn(known, name) ? known[name] : undefined
  if (operator === undefined) {
    const errors = [unsupportedValue(`${shortPath}.operator`, name, Object.keys(known))]
    return { requirement: null, text: `${key} ${name} (${values.join(',')})`, errors }
  }
  const text = requirementText({ key, operator, values })
  // The texts tell a list that is absent from one that is empty.
  const given = Array.isArray(wire?.values) ? values : null
  const errors =
    kind === 'expression'
      ? requirementErrors(key, operator, given, shortPath)
      : values.length === 1
        ? []
        : [invalidValue(`${shortPath}.values`, given, 'must have one element')]
  if (errors.length > 0) return { requirement: null, text, errors }
  const matches = requirementTest(operator, values)
  return { requirement: { kind, path, key, operator: name, values, matches, text }, text, errors }
}

/** The exact place of an error inside its requirement, from its text, which begins with `shortPath.field` or `.field[0]`. */
function errorPath(requirement: FieldPath, shortPath: string, error: string): FieldPath {
  const [place = ''] = error.slice(shortPath.length + 1).split(':', 1)
  const [field = '', index] = place.split(/[[\]]/)
  return index === undefined ? [...requirement, field] : [...requirement, field, Number(index)]
}

function compileTerm(
  term: Maybe<NodeSelectorTerm>,
  index: number,
  warnings: PlacementWarning[],
): CompiledTerm {
  const path: FieldPath = [...termsPath, index]
  const requirements: CompiledRequirement[] = []
  const texts: string[] = []
  const parseErrors: string[] = []
  const add = (
    kind: 'expression' | 'field',
    list: string,
    wires: readonly Maybe<NodeSelectorRequirement>[],
  ) => {
    for (const [i, wire] of wires.entries()) {
      const place: FieldPath = [...path, list, i]
      const shortPath = `nodeSelectorTerms[${index}].${list}[${i}]`
      const { requirement, text, errors } = parseRequirement(kind, wire, place, shortPath)
      texts.push(text)
      parseErrors.push(...errors)
      for (const error of errors) {
        const message = `this affinity term is dropped whole and matches no node: ${error}`
        warnings.push({ code: 'DroppedAffinityTerm', path: errorPath(place, shortPath, error), message })
      }
      if (requirement === null) continue
      requirements.push(requirement)
      if (kind === 'field') warnOfField(requirement, warnings)
    }
  }
  add('expression', 'matchExpressions', listOf(term?.matchExpressions))
  add('field', 'matchFields', listOf(term?.matchFields))
  if (texts.length === 0) {
    warnings.push({ code: 'EmptyAffinityTerm', path, message: 'an empty affinity term matches no node' })
  }
  const usable = texts.length > 0 && parseErrors.length === 0
  return { index, path, usable, requirements, parseErrors, text: texts.join(' and ') }
}

function warnOfField(requirement: CompiledRequirement, warnings: PlacementWarning[]): void {
  const { key, matches, path } = requirement
  if (key === nameField) return
  const effect = matches('') ? 'always holds' : 'matches no node'
  const message = `nodes have no field "${key}" to match (only ${nameField}): this requirement ${effect}`
  warnings.push({ code: 'UnknownMatchField', path: [...path, 'key'], message })
}

/** The terms of required node affinity, null when there is no such constraint. Warnings are added to the list given. */
export function compileAffinity(
  required: Maybe<NodeSelector>,
  warnings: PlacementWarning[],
): readonly CompiledTerm[] | null {
  if (required === null || required === undefined) return null
  const terms = listOf(required.nodeSelectorTerms)
  if (terms.length === 0) {
    const message = 'required node affinity without terms matches no node; leave it out to match every node'
    warnings.push({ code: 'NoAffinityTerms', path: affinityPath, message })
  }
  return terms.map((term, index) => compileTerm(term, index, warnings))
}

/** What a requirement is held against: a label's value, or a field's, which is '' for all but the name. */
export function actualValue(
  requirement: CompiledRequirement,
  labels: Maybe<StringMap>,
  nodeName: string,
): string | undefined {
  if (requirement.kind === 'expression') return labelValue(labels, requirement.key)
  return requirement.key === nameField ? nodeName : ''
}

/** Whether one requirement holds. Upstream skips matchFields on a node that has no name. */
export function requirementHolds(
  requirement: CompiledRequirement,
  actual: string | undefined,
  nodeName: string,
): boolean {
  return (requirement.kind === 'field' && nodeName === '') || requirement.matches(actual)
}

/** Whether the node meets everything that the term asks. */
function termMatches(term: CompiledTerm, labels: Maybe<StringMap>, nodeName: string): boolean {
  if (!term.usable) return false
  for (const requirement of term.requirements) {
    if (!requirementHolds(requirement, actualValue(requirement, labels, nodeName), nodeName)) return false
  }
  return true
}

/** Whether any term matches the node. */
export function affinityMatches(
  terms: readonly CompiledTerm[],
  labels: Maybe<StringMap>,
  nodeName: string,
): boolean {
  for (const term of terms) if (termMatches(term, labels, nodeName)) return true
  return false
}
