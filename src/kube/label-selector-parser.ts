/**
 * The grammar of `-l`: requirements joined by commas, each one of `key`, `!key`, `key=value`, `key==value`, `key!=value`,
 * `key in (a,b)`, `key notin (a,b)`, `key>1`, `key<1`. Mirrors the parser of k8s.io/apimachinery `labels.Parse`, oddities and
 * error texts included.
 */
import { KdsError } from '#base/errors.ts'
import {
  binaryOperators,
  labelKeyError,
  type Requirement,
  type RequirementOperator,
  requirementError,
} from './requirements.ts'

const symbol = /[=!(),><]/
const operators: Readonly<Record<string, RequirementOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
}

function fail(message: string): never {
  throw new KdsError('InvalidLabelSelector', message)
}

/** The tokens of one selector. The end is the empty token, which no text yields. */
class Tokens {
  readonly #tokens: readonly string[]
  #next = 0

  constructor(text: string) {
    this.#tokens = text.match(/==|!=|[=!(),><]|[^=!(),>< \t\r\n]+/g) ?? []
  }

  peek(): string {
    return this.#tokens[this.#next] ?? ''
  }

  take(): string {
    const token = this.peek()
    this.#next++
    return token
  }
}

const isIdentifier = (token: string) => token !== '' && !symbol.test(token)

/** The requirements of a selector's text, in the order written. Throws a KdsError `InvalidLabelSelector`. */
export function parseRequirements(text: string): Requirement[] {
  const tokens = new Tokens(text)
  const requirements: Requirement[] = []
  if (tokens.peek() === '') return requirements
  if (!isIdentifier(tokens.peek()) && tokens.peek() !== '!') {
    fail(`found '${tokens.peek()}', expected: !, identifier, or 'end of string'`)
  }
  for (;;) {
    requirements.push(parseRequirement(tokens))
    const separator = tokens.take()
    if (separator === '') return requirements
    if (separator !== ',') fail(`found '${separator}', expected: ',' or 'end of string'`)
    const next = tokens.peek()
    if (!isIdentifier(next) && next !== '!') fail(`found '${next}', expected: identifier after ','`)
  }
}

function parseRequirement(tokens: Tokens): Requirement {
  const unable = (reason: string) => fail(`unable to parse requirement: ${reason}`)
  const negated = tokens.peek() === '!'
  if (negated) tokens.take()
  const key = tokens.take()
  if (!isIdentifier(key)) unable(`found '${key}', expected: identifier`)
  const keyError = labelKeyError(key, '<nil>')
  if (keyError !== undefined) unable(keyError)
  const next = tokens.peek()
  if (negated || next === '' || next === ',') return { key, operator: negated ? '!' : 'exists', values: [] }

  const word = tokens.take()
  const operator = Object.hasOwn(operators, word) ? operators[word] : undefined
  if (operator === undefined) return unable(`found '${word}', expected: ${binaryOperators.join(', ')}`)
  const values =
    operator === 'in' || operator === 'notin' ? setOfValues(tokens, unable) : [oneValue(tokens, unable)]
  const error = requirementError(key, operator, values)
  return error === undefined ? { key, operator, values } : unable(error)
}

function oneValue(tokens: Tokens, unable: (reason: string) => never): string {
  if (tokens.peek() === '' || tokens.peek() === ',') return ''
  const value = tokens.take()
  return isIdentifier(value) ? value : unable(`found '${value}', expected: identifier`)
}

/** `(a,b)`: an empty place, as in `(a,)` or `()`, stands for the empty value. */
function setOfValues(tokens: Tokens, unable: (reason: string) => never): string[] {
  const open = tokens.take()
  if (open !== '(') unable(`found '${open}' expected: '('`)
  const first = tokens.peek()
  if (!isIdentifier(first) && first !== ',' && first !== ')') {
    unable(`found '${first}', expected: ',', ')' or identifier`)
  }
  const values = new Set<string>()
  let placeFilled = false
  for (;;) {
    const token = tokens.take()
    if (token === ')' || token === ',') {
      if (!placeFilled) values.add('')
      placeFilled = false
      if (token === ')') return [...values].sort()
    } else if (!isIdentifier(token)) {
      unable(`found '${token}', expected: ',', or identifier`)
    } else {
      values.add(token)
      placeFilled = true
      const next = tokens.peek()
      if (next !== ',' && next !== ')') unable(`found '${next}', expected: ',' or ')'`)
    }
  }
}
