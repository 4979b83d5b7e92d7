import { escapeJson } from '#base/escape.ts'
import type { Json } from '#base/json.ts'
import { toYaml } from '#yaml/emit.ts'
import type { OutputStream } from './context.ts'

/** A value as JSON that may leave kds: the same document, whatever a terminal would act on written as `\u009b`. Ends with a newline. */
export const jsonText = (value: unknown, indent = 0): string =>
  `${escapeJson(JSON.stringify(value, null, indent))}\n`

/** A document as JSON or YAML text, the same in both: fields that are undefined are left out. It must hold plain data only. */
export async function structured(document: object, format: 'json' | 'yaml'): Promise<string> {
  return format === 'json' ? jsonText(document, 2) : toYaml(defined(document))
}

/** The same without fields that are undefined. */
export const defined = (document: object): Json & object => JSON.parse(JSON.stringify(document))

/** As many characters are handed on at a time. */
const pieceLength = 1 << 16

interface ListHead {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: Json & object
}

/**
 * What {@link structured} makes of a list of these items, in pieces: of tens of thousands neither the text, which may be longer than
 * a string can be, nor a copy of them is ever whole. In YAML the items must hold no field that is undefined.
 */
export function* structuredList(
  head: ListHead,
  items: Iterable<object>,
  format: 'json' | 'yaml',
): Generator<string> {
  const { end, item, open } = format === 'json' ? jsonList : yamlList
  let text = open(head)
  let first = true
  for (const one of items) {
    text += item(one, first)
    first = false
    if (text.length < pieceLength) continue
    yield text
    text = ''
  }
  yield text + end(first, head)
}

/** Writes a {@link structuredList} as fast as it is taken. */
export async function writeList(
  stdout: OutputStream,
  ...list: Parameters<typeof structuredList>
): Promise<void> {
  for (const text of structuredList(...list)) {
    stdout.write(text)
    await stdout.taken()
  }
}

interface ListForm {
  readonly open: (head: ListHead) => string
  readonly item: (one: object, first: boolean) => string
  readonly end: (isEmpty: boolean, head: ListHead) => string
}

const jsonList: ListForm = {
  open: (head) => `${jsonText(head, 2).trimEnd().slice(0, -2)},\n  "items": [`,
  item: (one, first) => `${first ? '' : ','}\n${jsonText(one, 2).trimEnd().replaceAll(/^/gm, '    ')}`,
  end: (isEmpty) => `${isEmpty ? '' : '\n  '}]\n}\n`,
}

const yamlList: ListForm = {
  open: ({ apiVersion }) => `apiVersion: ${apiVersion}\nitems:`,
  item: (one, first) => `${first ? '\n' : ''}${toYaml([one as Json])}`,
  end: (isEmpty, { apiVersion: _, ...after }) => `${isEmpty ? ' []\n' : ''}${toYaml(after)}`,
}
