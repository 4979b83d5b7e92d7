import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastApplied, modifiedConfiguration } from '#apiserver/patch/last-applied.ts'
import { type PatchSchema, patchSchemaOf } from '#apiserver/patch/merge-keys.ts'
import { PatchError } from '#apiserver/patch/patch-error.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { threeWayPatch } from '#apiserver/patch/three-way-patch.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import { goMapJson } from '#kube/go-text.ts'
import { runs } from '../../helpers/random-cases.ts'

interface Recorded {
  readonly id: string
  readonly live: JsonObject
  readonly file: JsonObject
  /** Null: kubectl found nothing to send. */
  readonly patch: JsonObject | null
}

const file = resolve(process.env.KDS_CORPUS ?? '../shared', 'vectors/apply.jsonl')
const present = existsSync(file)
const recorded = (present ? readFileSync(file, 'utf8') : '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Recorded)

describe.skipIf(!present)(
  present
    ? `${recorded.length} patches of kubectl apply`
    : `kubectl apply's patches (SKIPPED: ${file} is absent)`,
  () => {
    it.each(recorded)('$id is what kubectl sent', ({ live, file, patch }) => {
      const original = JSON.parse(lastApplied(live) ?? '{}') as JsonObject
      const states = { original, modified: modifiedConfiguration(file), current: live }
      expect(threeWayPatch(states, 'DaemonSet')).toEqual({ patch: patch ?? {} })
    })
  },
)

describe('what was applied last', () => {
  it('is JSON with sorted keys, characters of HTML escaped, and a newline', () => {
    const manifest = { metadata: { name: 'a', annotations: { z: '<&>', b: null } }, apiVersion: 'apps/v1' }
    const [text, more] = [
      '{"apiVersion":"apps/v1","metadata":{"annotations":{"b":"","z":"\\u003c\\u0026\\u003e"},"name":"a"}}\n',
      { [lastAppliedAnnotation]: 'of another time' },
    ]
    expect(lastApplied(modifiedConfiguration(manifest))).toBe(text)
    const again = {
      ...manifest,
      metadata: { ...manifest.metadata, annotations: { z: '<&>', b: null, ...more } },
    }
    expect(modifiedConfiguration(again)).toEqual(modifiedConfiguration(manifest))
  })

  it('has annotations even where the manifest has none', () => {
    expect(lastApplied(modifiedConfiguration({ kind: 'DaemonSet' }))).toBe(
      '{"kind":"DaemonSet","metadata":{"annotations":{}}}\n',
    )
  })

  it('drops annotations one of which is no text', () => {
    const { metadata } = modifiedConfiguration({ metadata: { annotations: { a: 'b', c: 1 } } })
    expect(Object.keys((metadata as { annotations: object }).annotations)).toEqual([lastAppliedAnnotation])
  })
})

const pod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } })
const patchOf = (original: JsonObject, modified: JsonObject, current: JsonObject) =>
  threeWayPatch({ original: pod(original), modified: pod(modified), current: pod(current) }, 'DaemonSet')
const patchOfPod = (original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject => {
  const made = patchOf(original, modified, current)
  return 'patch' in made
    ? ((made.patch.spec as { template: { spec: JsonObject } } | undefined)?.template.spec ?? {})
    : {}
}

describe('a patch of three states', () => {
  it('keeps only the source that the manifest names of a volume', () => {
    const old = { volumes: [{ name: 'v', hostPath: { path: '/x' } }] }
    const now = { volumes: [{ name: 'v', emptyDir: {} }] }
    expect(patchOfPod(old, now, old)).toEqual({
      '$setElementOrder/volumes': [{ name: 'v' }],
      volumes: [{ $retainKeys: ['emptyDir', 'name'], emptyDir: {}, hostPath: null, name: 'v' }],
    })
  })

  it('sends a volume without a source each time, for the server has given it one', () => {
    const now = { volumes: [{ name: 'v' }] }
    expect(patchOfPod(now, now, { volumes: [{ name: 'v', emptyDir: {} }] })).toEqual({
      '$setElementOrder/volumes': [{ name: 'v' }],
      volumes: [{ $retainKeys: ['name'], name: 'v' }],
    })
  })

  it('deletes elements at the end of the list, and orders it by the manifest', () => {
    const old = { containers: [{ name: 'a', image: '1' }, { name: 'b' }, { name: 'c' }] }
    const now = { containers: [{ name: 'c' }, { name: 'a', image: '2' }] }
    expect(patchOfPod(old, now, old)).toEqual({
      '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
      containers: [
        { image: '2', name: 'a' },
        { $patch: 'delete', name: 'b' },
      ],
    })
  })

  it('tells elements of one key apart as kubectl does: by their place', () => {
    const ports = [
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP' },
    ]
    const list = { containers: [{ name: 'a', ports }] }
    expect(patchOfPod(list, list, list)).toEqual({})
  })

  it('takes scalars out of a list that is a set, and orders one that is not sorted', () => {
    const of = (...finalizers: string[]) => ({ metadata: { finalizers } })
    const states = {
      original: of('b/b', 'c/c'),
      modified: of('z/z', 'b/b'),
      current: of('b/b', 'c/c', 'd/d'),
    }
    expect(threeWayPatch(states, 'DaemonSet')).toEqual({
      patch: {
        metadata: {
          '$deleteFromPrimitiveList/finalizers': ['c/c'],
          '$setElementOrder/finalizers': ['z/z', 'b/b'],
          finalizers: ['z/z'],
        },
      },
    })
    const same = of('z/z', 'b/b')
    expect(threeWayPatch({ original: same, modified: same, current: same }, 'DaemonSet')).toEqual({
      patch: { metadata: { '$setElementOrder/finalizers': ['z/z', 'b/b'] } },
    })
  })

  it('sends the nulls of a manifest, and the text where the server keeps another type', () => {
    const now = { nodeSelector: null, containers: [{ name: 'a', resources: { limits: { cpu: 1 } } }] }
    const live = { containers: [{ name: 'a', resources: { limits: { cpu: '1' } } }] }
    expect(patchOfPod({}, now, live)).toEqual({
      nodeSelector: null,
      '$setElementOrder/containers': [{ name: 'a' }],
      containers: [{ name: 'a', resources: { limits: { cpu: 1 } } }],
    })
  })

  it('is refused without a merge key, and with elements of several types', () => {
    const live = { containers: [{ name: 'a' }] }
    expect(() => patchOf({}, { containers: [{ image: 'x' }] }, live)).toThrow(PatchError)
    expect(() => patchOf({}, { containers: [null] }, live)).toThrow('list element types are not identical')
  })

  it('without overwriting, tells what someone else has changed otherwise', () => {
    const [old, mine, theirs] = ['1', '2', '3'].map((image) => pod({ containers: [{ name: 'a', image }] }))
    const states = { original: old ?? {}, modified: mine ?? {}, current: theirs ?? {} }
    expect(threeWayPatch(states, 'DaemonSet', false)).toHaveProperty('conflicting.changed')
    expect(threeWayPatch({ ...states, current: old ?? {} }, 'DaemonSet', false)).toHaveProperty('patch')
    expect(threeWayPatch({ ...states, current: mine ?? {} }, 'DaemonSet', false)).toHaveProperty('patch')
  })
})

const word = fc.constantFrom('a', 'b', 'c')
const value = fc.constantFrom('1', '2')
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const keyed = (key: string, more: fc.Arbitrary<object>) =>
  fc
    .uniqueArray(fc.tuple(word, more), { selector: ([name]) => name, maxLength: 3 })
    .map((list) => list.map(([name, fields]) => ({ [key]: name, ...fields })))

const template = fc
  .record({
    finalizers: some(fc.uniqueArray(word)),
    nodeSelector: some(fc.dictionary(word, value)),
    tolerations: some(fc.array(fc.record({ key: word }), { maxLength: 2 })),
    containers: some(
      keyed(
        'name',
        fc.record({
          image: some(value),
          command: some(fc.array(value, { maxLength: 2 })),
          env: some(keyed('name', fc.record({ value: some(value) }))),
        }),
      ),
    ),
    volumes: some(
      keyed(
        'name',
        fc.oneof(
          fc.record({ hostPath: fc.record({ path: value }) }),
          fc.record({ emptyDir: fc.record({ medium: some(value) }) }),
        ),
      ),
    ),
  })
  .map(
    ({ finalizers, ...spec }): JsonObject =>
      JSON.parse(JSON.stringify({ metadata: { finalizers }, ...pod(spec as unknown as JsonObject) })),
  )

interface Shape {
  readonly mergeKey?: string | undefined
  readonly retainKeys?: boolean | undefined
  readonly fields?: PatchSchema | undefined
}

/** What is left of a list that merges, by what its elements are told apart by. */
const byKey = (list: Json | undefined, key: string): ReadonlyMap<Json, Json> =>
  new Map(
    (Array.isArray(list) ? list : []).map((item) => [isObject(item) ? (item[key] ?? null) : item, item]),
  )

/** What is to come of a value: as the manifest says; what it had once and has no more is gone; the rest is others'. */
function wanted(
  old: Json | undefined,
  now: Json | undefined,
  live: Json | undefined,
  shape: Shape,
): Json | undefined {
  if (now === undefined) return old === undefined ? live : undefined
  if (isObject(now)) {
    const [before, there] = [isObject(old) ? old : {}, isObject(live) ? live : {}]
    const others = Object.keys(there).filter((key) => !shape.retainKeys || key in now)
    const keys = [...new Set([...Object.keys(now), ...others])]
    const fields = keys.map(
      (key) => [key, wanted(before[key], now[key], there[key], shape.fields?.[key] ?? {})] as const,
    )
    return Object.fromEntries(fields.filter((field): field is [string, Json] => field[1] !== undefined))
  }
  if (!Array.isArray(now) || shape.mergeKey === undefined) return now
  const [before, mine, there] = [old, now, live].map((list) => byKey(list, shape.mergeKey ?? ''))
  const elements = [...new Set([...(mine?.keys() ?? []), ...(there?.keys() ?? [])])].map((key) =>
    wanted(before?.get(key), mine?.get(key), there?.get(key), { ...shape, mergeKey: undefined }),
  )
  return elements.filter((element): element is Json => element !== undefined)
}

/** Without the order of lists that merge, and without whatever is empty: to the server that is the same as nothing. */
function comparable(value: Json, shape: Shape): Json | undefined {
  if (isObject(value)) {
    const fields = Object.entries(value).map(
      ([key, part]) => [key, comparable(part, shape.fields?.[key] ?? {})] as const,
    )
    const kept = fields.filter(([, part]) => part !== undefined)
    return kept.length > 0 ? Object.fromEntries(kept as [string, Json][]) : undefined
  }
  if (!Array.isArray(value) || shape.mergeKey === undefined)
    return Array.isArray(value) && value.length === 0 ? undefined : value
  const elements = value.map((item) => comparable(item, { fields: shape.fields }) ?? null)
  return elements.length > 0 ? elements.map(goMapJson).sort() : undefined
}

describe('applied by a server, the patch', () => {
  it('makes what the manifest says of the object, and leaves alone what others own', () => {
    const shape = { fields: patchSchemaOf('DaemonSet') }
    fc.assert(
      fc.property(template, template, template, (original, modified, others) => {
        // Others add and change. An element that they took away comes back with whatever the patch says of it, `$patch` too.
        const current = applyStrategicPatch(original, others, 'DaemonSet')
        const made = threeWayPatch({ original, modified, current }, 'DaemonSet')
        const patch = 'patch' in made ? made.patch : {}
        const after = applyStrategicPatch(current, patch, 'DaemonSet')
        const expected = wanted(original, modified, current, shape) ?? {}
        expect(comparable(after, shape)).toEqual(comparable(expected, shape))
        const namesIn = (object: JsonObject) =>
          (
            (object.spec as { template: { spec: { containers?: { name: string }[] } } }).template.spec
              .containers ?? []
          ).map(({ name }) => name)
        const mine = namesIn(modified)
        if (mine.length > 0) expect(namesIn(after).filter((name) => mine.includes(name))).toEqual(mine)
      }),
      runs(400),
    )
  })
})
