import { KdsError } from '#base/errors.ts'
import type { Json } from '#base/json.ts'
import { goMapJson } from '#kube/go-text.ts'
import { Cursor } from './cursor.ts'
import { find, type Path, readPath } from './path.ts'

/** A template of `-o jsonpath=…`, read. */
export interface JsonPath {
  /** What the template prints about a value. */
  text(value: Json): string
  /** What its paths find, for `jsonpath-as-json`. */
  results(value: Json): Json[]
}

type Action =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'range'; readonly path: Path; readonly body: readonly Action[] }

/**
 * Reads a JSONPath template by the rules of k8s.io/client-go/util/jsonpath: text, `{.a.b}`, `['a']`, `[0]`, `[-1]`, `[1:3]`,
 * `[*]`, `[0,2]`, `..a`, `[?(@.a=="b")]`, `{range …}…{end}`, `{"\n"}`. What is missing prints nothing.
 *
 * @throws KdsError where the template is broken.
 */
export function parseJsonPath(template: string): JsonPath {
  const cursor = new Cursor(template)
  const actions = readActions(cursor, false)
  return {
    text: (value) => actions.map((action) => actionText(action, value)).join(''),
    results: (value) => actions.flatMap((action) => (action.kind === 'path' ? find(action.path, value) : [])),
  }
}

function actionText(action: Action, value: Json): string {
  switch (action.kind) {
    case 'text':
      return action.text
    case 'path':
      return find(action.path, value).map(valueText).join(' ')
    case 'range':
      return find(action.path, value)
        .flatMap((each) => action.body.map((inner) => actionText(inner, each)))
        .join('')
  }
}

/** A string as it is, anything else as Go writes JSON. */
const valueText = (value: Json) => (typeof value === 'string' ? value : goMapJson(value))

/** Up to the `end` of a range, or to the end of the template. */
function readActions(cursor: Cursor, inRange: boolean): Action[] {
  const actions: Action[] = []
  while (!cursor.ended) {
    const [text = ''] = cursor.rest.split('{', 1)
    cursor.at += text.length
    if (text !== '') actions.push({ kind: 'text', text })
    if (!cursor.take('{') || !readAction(cursor, actions)) continue
    if (inRange) break
    throw new KdsError(
      'jsonpath',
      `error executing jsonpath ${JSON.stringify(cursor.text)}: Error executing template: not in range, nothing to end`,
    )
  }
  return actions
}

/** Reads up to the closing brace. True for `end`. */
function readAction(cursor: Cursor, into: Action[]): boolean {
  for (;;) {
    cursor.skipBlanks()
    if (cursor.ended) throw cursor.error('unclosed action')
    if (cursor.take('}')) return false
    if (/["']/.test(cursor.char)) into.push({ kind: 'text', text: readQuoted(cursor) })
    else if (takeWord(cursor, 'end')) {
      close(cursor)
      return true
    } else if (takeWord(cursor, 'range')) {
      cursor.skipBlanks()
      const path = readPath(cursor)
      close(cursor)
      into.push({ kind: 'range', path, body: readActions(cursor, true) })
      return false
    } else into.push({ kind: 'path', path: readPath(cursor) })
  }
}

const takeWord = (cursor: Cursor, word: string) =>
  !/\w/.test(cursor.rest.charAt(word.length)) && cursor.take(word)

function close(cursor: Cursor): void {
  cursor.skipBlanks()
  if (!cursor.take('}')) throw cursor.error('unclosed action')
}

const whitespace: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function readQuoted(cursor: Cursor): string {
  const [whole, double, single] = /^(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')/s.exec(cursor.rest) ?? []
  if (whole === undefined) throw cursor.error('unterminated quoted string')
  cursor.at += whole.length
  return (double ?? single ?? '').replace(/\\(.)/g, (_, char: string) => whitespace[char] ?? char)
}
