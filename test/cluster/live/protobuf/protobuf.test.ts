import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from '#apiserver/schema/decode.ts'
import { type FieldSpec, structSpec, type TypeSpec } from '#apiserver/schema/schema.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { messageOf, table } from '#cluster/live/protobuf/fields.ts'
import { ListReader } from '#cluster/live/protobuf/list-reader.ts'
import { podFields, stateNodes } from '#cluster/needed.ts'
import { listInProtobuf } from '#sandbox/http/write-protobuf.ts'
import numbers from '../../../../src/sandbox/http/field-numbers.json' with { type: 'json' }
import { runs } from '../../../helpers/random-cases.ts'

/** Structs of the table that go by another name in k8s.io/api. */
const upstream: Readonly<Record<string, string>> = { Requirement: 'NodeSelectorRequirement' }
/** Those of k8s.io/apimachinery that no object of the sandbox holds. */
const ofAnswers = ['TypeMeta', 'ListMeta', 'Status', 'StatusDetails', 'StatusCause', 'PartialObjectMetadata']

const letters: Readonly<Record<string, string>> = {
  bool: 'b',
  int32: 'i',
  int64: 'i',
  time: 't',
  quantity: 'q',
}
const typeText = (type: TypeSpec): string => {
  if (type.kind === 'list') return `[${typeText(type.item) || 's'}`
  if (type.kind === 'map') return `%${typeText(type.item) || 's'}`
  if (type.kind !== 'struct') return letters[type.kind] ?? ''
  if (type.struct.endsWith('SelectorRequirement')) return 'Requirement'
  return type.struct === 'PodAntiAffinity' ? 'PodAffinity' : type.struct
}
/** JSON shows it, or leaves it out, whether it is zero or not. */
const keepsZero = ({ type, written }: FieldSpec) =>
  ['string', 'bool', 'int32', 'int64'].includes(type.kind) && (written || type.pointer)

const nodeFields = stateNodes.fields

describe('the table of fields', () => {
  it.each(Object.keys(table).filter((name) => !ofAnswers.includes(name)))(
    'is as upstream has it: %s',
    (name) => {
      const struct = upstream[name] ?? name
      const places = numbers[struct as keyof typeof numbers].split(' ')
      const known = new Map(
        [...structSpec(struct).values()].map((field, at) => {
          const type = typeText(field.type)
          const text = `${field.name}=${places[at]}${type ? `:${type}` : ''}${keepsZero(field) ? '!' : ''}`
          return [field.name, text]
        }),
      )
      for (const text of (table[name] ?? '').split(' '))
        expect(text).toBe(known.get(text.split('=')[0] ?? ''))
    },
  )

  it('refuses to be asked for what it does not have', () => {
    expect(() => messageOf('Node', 'status { images }')).toThrow('NodeStatus has no field images')
  })
})

const leaf: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  string: fc.oneof(
    fc.constantFrom('Ready', 'PodScheduled'),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('', 'x'.repeat(130), '__proto__'),
  ),
  bool: fc.boolean(),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  int64: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32) - 1)),
  quantity: fc.constantFrom('0', '100m', '7910m', '31482308Ki', '-1', '1e3', '58'),
  intOrString: fc.oneof(fc.integer({ min: -5, max: 70_000 }), fc.constantFrom('', '10%', 'http')),
  time: fc.option(
    fc
      .integer({ min: -3e9, max: 9e9 })
      .map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`),
  ),
  microTime: fc.constant(null),
  bytes: fc.constant('aGFsbG8='),
  raw: fc.constant({ 'f:spec': {} }),
}

function drawn(type: TypeSpec, depth: number): fc.Arbitrary<Json> {
  if (type.kind === 'list') return fc.array(drawn(type.item, depth), { maxLength: 2 })
  if (type.kind === 'map')
    return fc
      .array(fc.tuple(fc.constantFrom('app', 'cpu', 'b/c', '__proto__', ''), drawn(type.item, depth)), {
        maxLength: 3,
      })
      .map((entries) =>
        JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`),
      )
  return type.kind === 'struct' ? structOf(type.struct, depth + 1) : (leaf[type.kind] ?? fc.constant(null))
}

/** Some of a struct's fields; deep down the empty struct. */
const structOf = (name: string, depth = 0): fc.Arbitrary<JsonObject> =>
  depth > 7
    ? fc.constant({})
    : (fc.record(
        Object.fromEntries(
          [...structSpec(name).values()]
            .filter(({ name: field }) => field !== 'kind' && field !== 'apiVersion')
            .map(({ name: field, type }) => [field, fc.constant(type).chain((of) => drawn(of, depth))]),
        ),
        { requiredKeys: [] },
      ) as fc.Arbitrary<JsonObject>)

type Tree = { [name: string]: { types: string[]; below: Tree } }
const treeOf = (words: string[]): Tree => {
  const tree: Tree = {}
  let last = ''
  for (let word = words.shift(); word !== undefined && word !== '}'; word = words.shift()) {
    const [name = '', ...types] = word.split(':')
    if (word === '{') Object.assign(tree[last] ?? {}, { below: treeOf(words) })
    else tree[name] = { types, below: {} }
    last = name
  }
  return tree
}

/** As much of a value as a selection of fields takes. */
function selected(value: Json, tree: Tree): Json {
  if (Array.isArray(value)) return value.map((item) => selected(item, tree))
  const names = Object.entries(tree)
  if (!isObject(value) || names.length === 0) return value
  const of = ([name, { below, types }]: (typeof names)[number]) => {
    const part = value[name] ?? null
    const isWanted = (one: Json) => isObject(one) && types.includes(String(one.type ?? ''))
    return [name, selected(types.length > 0 && Array.isArray(part) ? part.filter(isWanted) : part, below)]
  }
  return Object.fromEntries(names.filter(([name]) => name in value).map(of))
}

/** Protobuf knows neither nulls nor empty lists; the API accepts neither where JSON shows them. */
function comparable(value: Json): Json {
  if (Array.isArray(value)) return value.map(comparable)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(
    ([, item]) => item !== null && !(Array.isArray(item) && item.length === 0),
  )
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]))
}

const listOf = (kind: string, items: JsonObject[], more: JsonObject = {}) =>
  listInProtobuf(kind, {
    apiVersion: 'v1',
    kind: `${kind}List`,
    metadata: { resourceVersion: '7', ...more },
    items,
  })

function read(bytes: Buffer, kind: string, fields: string, size = bytes.length) {
  const items: JsonObject[] = []
  const heads: object[] = []
  const reader = new ListReader(
    messageOf(kind, fields),
    { apiVersion: 'v1', kind },
    {
      listed: (head, metadata) => heads.push({ ...head, ...metadata, before: items.length }),
      found: (item) => items.push(item),
    },
  )
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  return { instead: reader.end(), items, heads }
}

describe('a list in protobuf', () => {
  it.each([
    ['Node', nodeFields],
    ['Pod', podFields('tolerations')],
  ])('holds the same objects as in JSON: %s', (kind, fields) => {
    const tree = treeOf(fields.match(/[\w:]+|[{}]/g) ?? [])
    fc.assert(
      fc.property(
        fc.array(structOf(kind), { maxLength: 2 }),
        fc.integer({ min: 1, max: 5000 }),
        (random, size) => {
          // What the server would answer, in JSON and in protobuf.
          const objects = random.map((object) => decode(object, kind))
          const { items } = read(listOf(kind, objects), kind, fields, size)
          const type = { apiVersion: 'v1', kind }
          expect(items.map(comparable)).toEqual(
            objects.map((object) => comparable({ ...type, ...(selected(object, tree) as JsonObject) })),
          )
        },
      ),
      runs(60),
    )
  })

  it('takes for the same what is the same, of more parts of one length than are remembered', () => {
    const taint = (at: number) => ({ key: `k${10_000 + (at % 3000)}`, effect: 'NoExecute' })
    const objects = Array.from({ length: 6000 }, (_, at) => ({
      metadata: { name: 'n' },
      spec: { taints: [taint(at), taint(at)] },
    }))
    const { items } = read(listOf('Node', objects), 'Node', nodeFields)
    expect(items.map(({ spec }) => spec)).toEqual(objects.map(({ spec }) => spec))
  })

  const node = { metadata: { name: 'a', labels: { app: 'web' } }, spec: { unschedulable: true } }

  it('tells its metadata before its items, however small the pieces are', () => {
    const bytes = listOf('Node', [node, node], { continue: 'more', remainingItemCount: 3 })
    for (const size of [1, 2, 7, bytes.length]) {
      const { heads, instead, items } = read(bytes, 'Node', nodeFields, size)
      expect(heads).toEqual([
        {
          apiVersion: 'v1',
          kind: 'NodeList',
          resourceVersion: '7',
          continue: 'more',
          remainingItemCount: 3,
          before: 0,
        },
      ])
      expect(items).toHaveLength(2)
      expect(instead).toBeUndefined()
    }
  })

  it('steps over fields that nobody knows yet, of every wire type', () => {
    const unknown = [
      0xf8, 0x7f, 0x96, 0x01, 0xf9, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x7f, 1, 2, 3, 4, 0xfa, 0x7f, 2, 8, 1,
    ]
    const name = [0x0a, 5, 0x0a, 3, 0x61, 0x62, 0x63]
    const item = [...unknown, ...name, ...unknown]
    const raw = [0x0a, 0, 0x12, item.length, ...item]
    const type = [0x0a, 2, 0x76, 0x31, 0x12, 8, ...Buffer.from('NodeList')]
    const bytes = Buffer.from([...Buffer.from('k8s\0'), 0x0a, type.length, ...type, 0x12, raw.length, ...raw])
    const items = [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'abc' } }]
    expect(read(bytes, 'Node', nodeFields).items).toEqual(items)
    expect(read(bytes, 'Node', nodeFields, 1).items).toEqual(items)
  })

  it('steps over items of a list that begin with another text than those asked for', () => {
    const conditions = ['Ready', 'DiskPressure', 'ReadyX'].map((type) => ({ type, status: 'True' }))
    const bytes = listOf('Node', [{ ...node, status: { conditions } }])
    const [item] = read(bytes, 'Node', 'status { conditions:Ready { type } }').items
    expect(item?.status).toEqual({ conditions: [{ type: 'Ready' }] })
    // The other order is as good to protobuf; whoever asked looks at the item itself then.
    const swapped = Buffer.from(bytes)
    const at = swapped.indexOf('\x0a\x0cDiskPressure')
    const end = at + 14 + 6
    swapped.set([...bytes.subarray(at + 14, end), ...bytes.subarray(at, at + 14)], at)
    expect(read(swapped, 'Node', 'status { conditions:Ready { type } }').items[0]?.status).toEqual({
      conditions: [{ type: 'Ready' }, { type: 'DiskPressure' }],
    })
  })

  it('is refused where it breaks off or is none', () => {
    const bytes = listOf('Node', [node])
    for (const end of [2, 9, 30, bytes.length - 20])
      expect(() => read(bytes.subarray(0, end), 'Node', nodeFields)).toThrow()
    expect(() => read(Buffer.from('{"kind":"NodeList"}'), 'Node', nodeFields)).toThrow(
      'not the protobuf of Kubernetes',
    )
  })
})
