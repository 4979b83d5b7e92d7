/**
 * Label selectors of objects, and what `-l` and `--field-selector` take. Rules and error texts are those of
 * k8s.io/apimachinery: `metav1.LabelSelectorAsSelector`, `labels.Parse`, `fields.ParseSelector`.
 */
import { byText } from '#base/compare.ts'
import { KdsError } from '#base/errors.ts'
import { goQuote } from './go-text.ts'
import { parseRequirements } from './label-selector-parser.ts'
import {
  labelValue,
  type Requirement,
  type RequirementOperator,
  requirementError,
  requirementTest,
  requirementText,
} from './requirements.ts'
import type { LabelSelector, Maybe, StringMap } from './types.ts'

export interface Selector {
  readonly matches: (labels: Maybe<StringMap>) => boolean
  /** True when it asks nothing and so matches everything. */
  readonly empty: boolean
  /** The form that `-l` takes, requirements sorted by key. A selector that matches nothing has the text ''. */
  readonly text: string
  readonly requirements: readonly Requirement[]
}

const nothing: Selector = { matches: () => false, empty: false, text: '', requirements: [] }

function selectorOf(requirements: readonly Requirement[]): Selector {
  const sorted = [...requirements].sort(byText(({ key }) => key))
  const tests = sorted.map(({ key, operator, values }) => ({ key, test: requirementTest(operator, values) }))
  return {
    matches: (labels) => tests.every(({ key, test }) => test(labelValue(labels, key))),
    empty: sorted.length === 0,
    text: sorted.map(requirementText).join(','),
    requirements: sorted,
  }
}

const wireOperators: Readonly<Record<string, RequirementOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/**
 * A selector as objects hold it (`matchLabels` and `matchExpressions`, ANDed). An absent selector matches nothing, an empty
 * one everything. Throws a KdsError `InvalidLabelSelector` with Kubernetes' text when it is not well formed.
 */
export function labelSelector(selector: Maybe<LabelSelector>): Selector {
  if (selector === null || selector === undefined) return nothing
  const requirements: Requirement[] = []
  const add = (key: string, operator: RequirementOperator, values: readonly string[]) => {
    const error = requirementError(key, operator, values)
    if (error !== undefined) throw new KdsError('InvalidLabelSelector', error)
    requirements.push({ key, operator, values })
  }
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) add(key, '=', [value ?? ''])
  for (const expression of selector.matchExpressions ?? []) {
    const name = expression?.operator ?? ''
    const operator = Object.hasOwn(wireOperators, name) ? wireOperators[name] : undefined
    if (operator === undefined) {
      throw new KdsError('InvalidLabelSelector', `${goQuote(name)} is not a valid label selector operator`)
    }
    add(
      expression.key ?? '',
      operator,
      (expression.values ?? []).map((value) => value ?? ''),
    )
  }
  return selectorOf(requirements)
}

/** As {@link labelSelector}; undefined for one that is not well formed. The API server lets none in, but files may hold any. */
export function readableSelector(selector: Maybe<LabelSelector>): Selector | undefined {
  try {
    return labelSelector(selector)
  } catch (error) {
    if (error instanceof KdsError) return undefined
    throw error
  }
}

/** The test of {@link labelSelector} alone. */
export function matchesLabelSelector(selector: Maybe<LabelSelector>): Selector['matches'] {
  return labelSelector(selector).matches
}

/**
 * The string form: `a=b,c!=d,e in (x,y),!f`. Empty text matches everything. Throws a KdsError `InvalidLabelSelector` whose
 * message is kubectl's.
 */
export function parseLabelSelector(text: string): Selector {
  return selectorOf(parseRequirements(text))
}

interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

interface FieldSelector {
  /** `fieldOf` gives an object's value of a field; absent is the empty string to Kubernetes. */
  readonly matches: (fieldOf: (field: string) => string | undefined) => boolean
  readonly requirements: readonly FieldRequirement[]
}

/**
 * A field selector: `metadata.name=x,spec.nodeName!=y`, `==` as `=`, with `\,` `\=` `\\` escaped in values. Which fields an
 * object has is up to the caller. Throws a KdsError `InvalidFieldSelector` whose message is kubectl's.
 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = []
  for (const part of splitTerms(text).sort()) {
    const found = /(.*?)(!=|==|=)(.*)/su.exec(part)
    if (found === null) {
      throw new KdsError('InvalidFieldSelector', `invalid selector: '${text}'; can't understand '${part}'`)
    }
    const [, field = '', operator, escaped = ''] = found
    const value = unescapeValue(escaped)
    if (field === '' && value === '') continue
    requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value })
  }
  return {
    requirements,
    matches: (fieldOf) =>
      requirements.every(
        ({ field, operator, value }) => ((fieldOf(field) ?? '') === value) === (operator === '='),
      ),
  }
}

/** Splits at commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|\\$|[^,\\])+/gsu) ?? []
}

function unescapeValue(text: string): string {
  return text.replace(/\\(.?)|[,=]/gsu, (found: string, escaped: string | undefined) => {
    if (escaped === undefined) {
      const code = found.codePointAt(0)
      throw new KdsError(
        'InvalidFieldSelector',
        `invalid field selector: unescaped character in value: ${code}`,
      )
    }
    if (escaped !== '' && '\\,='.includes(escaped)) return escaped
    throw new KdsError('InvalidFieldSelector', `invalid field selector: invalid escape sequence: ${found}`)
  })
}
