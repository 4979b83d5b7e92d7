import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KdsError } from '#base/errors.ts'
import type { Json, JsonObject } from '#base/json.ts'
import { toYaml } from '#yaml/emit.ts'
import { type Arriving, parseArriving } from '#yaml/large-list.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { decodeText } from '#yaml/source-text.ts'
import { runs } from '../helpers/random-cases.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    '},{"kind": "',
    '"},\n    {\n',
    '- a',
    '---',
    '...',
    'items:\n- x',
    'ü\n\n  b: *c',
    '{{ x }}',
    '0x1',
    'a #b',
    '"',
  ),
)
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
})).value
const item = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      apiVersion: text,
      kind: text,
      owners: fc.array(fc.record({ apiVersion: text })),
      spec: value,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: text, spec: value }) as fc.Arbitrary<JsonObject> },
)
const list = fc.record({
  apiVersion: fc.constant('v1'),
  items: fc.array(item, { minLength: 1, maxLength: 6 }),
  kind: text,
  metadata: fc.record({ continue: text }),
})
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 })
const forms: Readonly<Record<string, (value: Json) => string>> = {
  'JSON with indentation': (of) => JSON.stringify(of, null, 4),
  'JSON in one line': (of) => JSON.stringify(of),
  'YAML as kubectl writes it': (of) => toYaml(of),
  'YAML with indented lists': (of) =>
    toYaml(of).replace(/(?<=^items:\n)[\s\S]*?(?=^kind:)/m, (items) => items.replace(/^(?=.)/gm, '  ')),
}

const same = (one: Json) => one
/** A text as it arrives, cut into pieces of so many bytes by turns; each piece is written over when the next is asked for. */
function arriving(content: string, lengths: readonly number[]): Arriving {
  const bytes = Buffer.from(content)
  async function* pieces() {
    for (let [at, turn] = [0, 0]; at < bytes.length; turn++) {
      const piece = Buffer.from(bytes.subarray(at, at + (lengths[turn % lengths.length] ?? 1)))
      at += piece.length
      yield piece
      piece.fill(0x7b)
    }
  }
  const whole = async () => decodeText('file', bytes)
  return { name: 'file', pieces, whole, again: () => decodeText('file', bytes).text }
}

async function both(content: string, { keep = same, lengths = [7, 1, 64] } = {}) {
  const input = arriving(content, lengths)
  const whole = await parseDocuments(await input.whole())
  let kept = 0
  const counted = (one: Json) => {
    kept++
    return keep(one)
  }
  const large = await parseArriving(input, counted, 0)
  return { whole, large, kept }
}
const values = ({ documents }: Awaited<ReturnType<typeof parseDocuments>>) =>
  documents.map((one) => one.value)

/** Paths of everything in a value. */
const paths = (of: Json, at: (string | number)[] = []): (string | number)[][] => [
  at,
  ...(typeof of === 'object' && of !== null
    ? Object.entries(of).flatMap(([key, part]) => paths(part, [...at, Array.isArray(of) ? Number(key) : key]))
    : []),
]

describe('a list that is read item by item', () => {
  it.each(Object.keys(forms))('is what it is as a whole, with its places: %s', async (form) => {
    await fc.assert(
      fc.asyncProperty(list, cuts, async (drawn, lengths) => {
        const { kept, large, whole } = await both(forms[form]?.(drawn) ?? '', { lengths })
        expect(values(large)).toEqual(values(whole))
        expect(values(large)).toEqual([drawn])
        expect(large.diagnostics).toEqual(whole.diagnostics)
        if (!form.startsWith('YAML')) expect(kept).toBe(drawn.items.length)
        for (const path of [...paths(drawn), ['items', 0, 'nothing'], ['items', 99], ['nothing']])
          for (const part of ['key', 'value'] as const)
            expect(large.documents[0]?.locate(path, part)).toEqual(whole.documents[0]?.locate(path, part))
      }),
      runs(40),
    )
  })

  it.each(Object.keys(forms))('holds of each item what is kept alone: %s', async (form) => {
    const drawn = {
      apiVersion: 'v1',
      items: [1, 2, 3].map((n) => ({ kind: 'Node', n, more: 'x' })),
      kind: 'List',
    }
    const { kept, large } = await both(forms[form]?.(drawn) ?? '', {
      keep: (one) => ({ n: (one as JsonObject).n ?? null }),
    })
    expect(kept).toBe(3)
    expect(values(large)).toEqual([{ ...drawn, items: [{ n: 1 }, { n: 2 }, { n: 3 }] }])
  })

  it.each([
    ['an item that begins with another field', '{"items":[{"a":1},{"b":2},{"a":3}]}'],
    ['one that looks like the next', '{"items":[{"a":[{"a":1},{"a":2}]},{"a":[{"a":1},{"a":2}]},{"a":3}]}'],
    ['items named twice', '{"items":[{"a":1},{"a":2}],"items":[{"a":3}]}'],
    ['items further inside', '{"spec":{"items":[{"a":1},{"a":2}]}}'],
    ['two documents of JSON', '{"items":[{"a":1},{"a":2}]}\n{"items":[{"a":3}]}'],
    ['JSON that YAML follows', '{"items":[{"a":1},{"a":2}]}\n---\na: 1\n'],
    ['no items', '{"items":[]}'],
    ['items that are no objects', '{"items":[1,2]}'],
    ['an alias of an item before', 'items:\n- &a {x: 1}\n- *a\n- b: 1\n'],
    ['two documents of YAML', 'items:\n- a: 1\n- a: 2\n---\nitems:\n- a: 3\n'],
    ['an end', 'items:\n- a: 1\n- a: 2\n...\n'],
    ['items that YAML names twice', 'items:\n- a: 1\nkind: List\nitems:\n- a: 2\n'],
    ['a text that goes on at the left edge', 'items:\n- a: "b\n- c"\n- d: 1\n'],
    ['a block of text', 'items:\n- a: |\n    - b\n    c\n  d: >-\n   e\n- f: 1\nkind: |\n  items:\n  - g\n'],
    ['comments and blank lines', '# a\nitems:\n# b\n- a: 1\n\n# c\n- b: 2 # d\n\nkind: List\n# e\n'],
    ['a key that is set twice', 'items:\n- ü: 1\n  a: 1\n  a: 2\n- b: 12345678901234567890\nkind: List\n'],
    ['tabs that only libyaml takes', 'items:\n- a: [\t1]\n- b: 1\n'],
    ['nothing below an item', 'items:\n-\n- a: 1\nkind: List\n'],
  ])('is read as a whole, or as if it were, where it has %s', async (_, content) => {
    const { large, whole } = await both(content)
    expect(values(large)).toEqual(values(whole))
    // JSON of that size is not looked through for keys that are set twice.
    if (!content.startsWith('{')) expect(large.diagnostics).toEqual(whole.diagnostics)
  })

  it.each([
    ['{"items":[{"a":1},{"a":2'],
    ['{"items":[{"a":1},{"a":2}]'],
    ['{"items":[{"a":1},{"a":2}]}}'],
    ['items:\n- a: 1\n- a: "2\n'],
    ['items:\n- a: 1\n- b: {{ x }}\n'],
    ['items:\n- a: 1\n- b: \u0001\n'],
    ['items:\n- a: *b\n- b: 1\n'],
  ])('is refused as the whole is: %j', async (content) => {
    const failure = (parsed: Promise<unknown>): Promise<KdsError> =>
      parsed.then(
        () => expect.unreachable(),
        (error) => error,
      )
    const input = arriving(content, [5])
    const whole = await failure(input.whole().then(parseDocuments))
    const large = await failure(parseArriving(input, same, 0))
    expect([large.code, large.message, large.location]).toEqual([whole.code, whole.message, whole.location])
  })
})
