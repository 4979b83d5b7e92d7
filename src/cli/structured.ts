import { escapeJson } from '#base/escape.ts'
import type { Json } from '#base/json.ts'
import { toYaml } from '#yaml/emit.ts'

/** A value as JSON that may leave kds: the same document, whatever a terminal would act on written as `\u009b`. Ends with a newline. */
export const jsonText = (value: unknown, indent = 0): string =>
  `${escapeJson(JSON.stringify(value, null, indent))}\n`

/** A document as JSON or YAML text, the same in both: fields that are undefined are left out. It must hold plain data only. */
export async function structured(document: object, format: 'json' | 'yaml'): Promise<string> {
  return format === 'json' ? jsonText(document, 2) : toYaml(JSON.parse(JSON.stringify(document)) as Json)
}

/** As many characters are handed on at a time. */
const pieceLength = 1 << 16

/**
 * What {@link structured} makes of a `v1` List of these items, in pieces: of tens of thousands neither the text nor a copy of
 * them is ever whole. The items must hold no field that is undefined.
 */
export function* structuredList(items: Iterable<object>, format: 'json' | 'yaml'): Generator<string> {
  const { end, item, open } = format === 'json' ? jsonList : yamlList
  let text = open
  let first = true
  for (const one of items) {
    text += item(one, first)
    first = false
    if (text.length < pieceLength) continue
    yield text
    text = ''
  }
  yield text + end(first)
}

interface ListForm {
  readonly open: string
  readonly item: (one: object, first: boolean) => string
  readonly end: (isEmpty: boolean) => string
}

const jsonList: ListForm = {
  open: '{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": [',
  item: (one, first) => `${first ? '' : ','}\n${jsonText(one, 2).trimEnd().replaceAll(/^/gm, '    ')}`,
  end: (isEmpty) => `${isEmpty ? '' : '\n  '}]\n}\n`,
}

const yamlList: ListForm = {
  open: 'apiVersion: v1\nitems:',
  item: (one, first) => `${first ? '\n' : ''}${toYaml([one as Json])}`,
  end: (isEmpty) => `${isEmpty ? ' []\n' : ''}kind: List\n`,
}
