import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PatchError } from '#apiserver/patch/patch-error.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import mergeKeys from '../../fixtures/apiserver/merge-keys.json' with { type: 'json' }
import { runs } from '../../helpers/random-cases.ts'

const pod = (spec: JsonObject): JsonObject => ({ spec })
const names = (...list: string[]) => list.map((name) => ({ name }))

describe('applyStrategicPatch', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'merges objects, deletes by null',
      { a: { b: 1, c: 2 } },
      { a: { b: null, d: 3 } },
      { a: { c: 2, d: 3 } },
    ],
    ['leaves nulls out of what is new', {}, { a: { b: null, c: [{ d: null }] } }, { a: { c: [{}] } }],
    [
      'replaces what has another type',
      { a: 1, b: { c: 1 } },
      { a: { x: 1 }, b: 'y' },
      { a: { x: 1 }, b: 'y' },
    ],
    [
      'replaces a list without a merge key',
      pod({ tolerations: [{ key: 'a' }] }),
      pod({ tolerations: [{ key: 'b' }] }),
      pod({ tolerations: [{ key: 'b' }] }),
    ],
    [
      'merges a list by its key, the patch first in its own order',
      pod({
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      }),
      pod({ containers: [{ name: 'c' }, { name: 'b', image: '2' }] }),
      pod({ containers: [{ name: 'c' }, { name: 'a', image: '1' }, { name: 'b', image: '2' }] }),
    ],
    [
      'merges lists inside of lists',
      pod({ containers: [{ name: 'a', env: [{ name: 'X', value: '1' }], args: ['x'] }] }),
      pod({ containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }], args: ['y'] }] }),
      pod({
        containers: [
          {
            name: 'a',
            env: [
              { name: 'X', value: '1' },
              { name: 'Y', value: '2' },
            ].toReversed(),
            args: ['y'],
          },
        ],
      }),
    ],
    [
      'deletes an element',
      pod({ containers: names('a', 'b') }),
      pod({ containers: [{ name: 'a', $patch: 'delete' }] }),
      pod({ containers: names('b') }),
    ],
    [
      'replaces a merging list',
      pod({ containers: names('a', 'b') }),
      pod({ containers: [{ $patch: 'replace' }, { name: 'c' }] }),
      pod({ containers: names('c') }),
    ],
    [
      'replaces an object',
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { $patch: 'replace', c: '3' } } },
      { metadata: { labels: { c: '3' } } },
    ],
    [
      'empties an object',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'delete' } } },
      { metadata: { labels: {} } },
    ],
    [
      'drops a directive for what is not there',
      { spec: {} },
      { spec: { template: { $patch: 'delete' } } },
      { spec: {} },
    ],
    [
      'keeps only the retained keys',
      pod({ volumes: [{ name: 'v', emptyDir: {} }] }),
      pod({ volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }] }),
      pod({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
    ],
    [
      'merges a list of scalars as a set',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['c', 'b'] } },
      { metadata: { finalizers: ['c', 'a', 'b'] } },
    ],
    [
      'takes scalars out of a list',
      { metadata: { finalizers: ['a', 'b', 'a'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      'orders a list that it does not change',
      pod({ containers: names('a', 'b', 'c') }),
      pod({ '$setElementOrder/containers': names('c', 'a') }),
      pod({ containers: names('b', 'c', 'a') }),
    ],
    [
      'orders a list that it changes',
      pod({ containers: names('a', 'b') }),
      pod({ '$setElementOrder/containers': names('b', 'n', 'a'), containers: [{ name: 'n', image: '1' }] }),
      pod({ containers: [{ name: 'b' }, { name: 'n', image: '1' }, { name: 'a' }] }),
    ],
    [
      'orders and deletes',
      pod({ containers: names('a', 'b', 'c') }),
      pod({ '$setElementOrder/containers': names('c', 'a'), containers: [{ name: 'b', $patch: 'delete' }] }),
      pod({ containers: names('c', 'a') }),
    ],
    [
      'orders scalars',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$setElementOrder/finalizers': ['b', 'a'] } },
      { metadata: { finalizers: ['b', 'a'] } },
    ],
    [
      'adds an ordered list',
      {},
      { metadata: { '$setElementOrder/finalizers': ['a'], finalizers: ['a'] } },
      { metadata: { finalizers: ['a'] } },
    ],
    [
      'deletes a list of scalars',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: null } },
      { metadata: {} },
    ],
  ])('%s', (_name, original, patch, expected) => {
    const before = [JSON.stringify(original), JSON.stringify(patch)]
    expect(applyStrategicPatch(original, patch, 'Pod')).toEqual(expected)
    expect([JSON.stringify(original), JSON.stringify(patch)]).toEqual(before)
  })

  it.each<[string, JsonObject, Json, number, string]>([
    ['what is no object', {}, [1], 400, 'invalid JSON document'],
    [
      'an unknown directive',
      { metadata: { labels: {} } },
      { metadata: { labels: { $patch: 'swap' } } },
      500,
      'unknown patch type: swap in map: map[$patch:swap]',
    ],
    [
      'a merge directive in a list',
      pod({ containers: names('a') }),
      pod({ containers: [{ name: 'a', $patch: 'merge' }] }),
      500,
      'merging lists cannot yet be specified in the patch',
    ],
    [
      'an element without its key',
      pod({ containers: names('a') }),
      pod({ containers: [{ image: 'x' }] }),
      500,
      'map: map[image:x] does not contain declared merge key: name',
    ],
    [
      'keys beyond the retained ones',
      pod({ volumes: names('v') }),
      pod({ volumes: [{ name: 'v', $retainKeys: ['name'], emptyDir: {} }] }),
      400,
      'invalid patch format of retainKeys',
    ],
    [
      'a bare $deleteFromPrimitiveList',
      {},
      { $deleteFromPrimitiveList: ['a'] },
      400,
      'invalid patch format of primitive list',
    ],
    [
      'a bare $setElementOrder',
      {},
      { $setElementOrder: ['a'] },
      400,
      'invalid patch format of setElementOrder list',
    ],
    [
      'lists of lists',
      { metadata: { finalizers: [['a']] } },
      { metadata: { finalizers: ['b'] } },
      422,
      'the server rejected our request due to an error in our request',
    ],
    [
      'mixed lists',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: [1] } },
      500,
      'list element types are not identical: [[a] [1]]',
    ],
    [
      'a patch against its own order',
      pod({ containers: names('a') }),
      pod({ '$setElementOrder/containers': names('a'), containers: names('b') }),
      500,
      "The order in patch list:\n[map[name:b]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ],
  ])('refuses %s', (_name, original, patch, code, message) => {
    try {
      applyStrategicPatch(original, patch, 'Pod')
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      expect({ code: error.code, message: error.message }).toEqual({ code, message })
    }
  })

  it('cannot look into the data of a revision', () => {
    const revision = { data: { spec: { template: {} } }, revision: 1 }
    expect(applyStrategicPatch(revision, { revision: 2 }, 'ControllerRevision')).toEqual({
      ...revision,
      revision: 2,
    })
    expect(() => applyStrategicPatch(revision, { data: { spec: {} } }, 'ControllerRevision')).toThrow(
      'unable to find api field in struct RawExtension for the json field "spec"',
    )
  })

  it('changes nothing by an empty patch or by the object itself', () => {
    const list = fc.uniqueArray(fc.record({ name: fc.string(), image: fc.string() }), {
      selector: (item) => item.name,
    })
    fc.assert(
      fc.property(list, fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (containers, labels) => {
        const object: JsonObject = { metadata: { labels }, spec: { template: { spec: { containers } } } }
        if (Object.keys(labels).some((key) => key.startsWith('$'))) return
        expect(applyStrategicPatch(object, {}, 'DaemonSet')).toEqual(object)
        expect(applyStrategicPatch(object, object, 'DaemonSet')).toEqual(object)
      }),
      runs(100),
    )
  })
})

/** A key of the wrapping elements, whichever list they stand in. */
const same = 'same'

/** Puts the value at the end of a path whose merging lists hold one element each, found by its key. */
function placed(path: string, list: Json): JsonObject {
  const keys: Readonly<Record<string, string | null>> = mergeKeys
  const parts = path.split('.')
  return parts.reduceRight<Json>((value, part, depth) => {
    const outer = depth < parts.length - 1 && keys[parts.slice(0, depth + 1).join('.')]
    return { [part]: outer ? [{ [outer]: same, ...(value as JsonObject) }] : value }
  }, list) as JsonObject
}

describe('the lists of a DaemonSet in the schema that a v1.36.2 server publishes', () => {
  it.each(Object.entries(mergeKeys))('%s merges by %j, null for not at all', (path, key) => {
    const element = (id: string): Json => (key === '' ? id : { [key ?? 'name']: id })
    const [old, young] = [element('1'), element('2')]
    const merged = applyStrategicPatch(placed(path, [old]), placed(path, [young]), 'DaemonSet')
    const lists = [placed(path, [young, old]), placed(path, [old, young])]
    if (key === null) expect(merged).toEqual(placed(path, [young]))
    else expect(lists).toContainEqual(merged)
  })
})
