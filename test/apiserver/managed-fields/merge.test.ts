import { describe, expect, it } from 'vitest'
import { manageApply, manageUpdate } from '#apiserver/managed-fields/field-manager.ts'
import { pathsOf, readSet } from '#apiserver/managed-fields/field-set.ts'
import { type Managers, readManagers } from '#apiserver/managed-fields/managers.ts'
import { compare, merge, rootType, withWholeLeaves } from '#apiserver/managed-fields/typed.ts'
import { decode } from '#apiserver/schema/decode.ts'
import type { Json, JsonObject } from '#base/json.ts'

const type = rootType('DaemonSet')
const empty = decode({}, 'DaemonSet')
const writing = (manager: string) => ({
  type,
  apiVersion: 'apps/v1',
  reset: {},
  manager,
  now: '2026-11-20T20:00:00Z',
})

const withFinalizers = (letters: string): JsonObject => ({ metadata: { finalizers: [...letters] } })

describe('a list that is laid over another', () => {
  // The orders that the upstream code answers for the same lists.
  it.each([
    ['abc', 'ab', 'abc'],
    ['ab', 'abc', 'abc'],
    ['abc', '', 'abc'],
    ['', 'abc', 'abc'],
    ['ab', 'ba', 'ba'],
    ['abc', 'def', 'abcdef'],
    ['abc', 'cdef', 'abcdef'],
    ['abcgf', 'cdef', 'abcgdef'],
    ['abc', 'defxyz', 'abcdefxyz'],
    ['cdef', 'ace', 'acdef'],
    ['abcxyz', 'def', 'abcxyzdef'],
    ['abcxyz', 'defxyz', 'abcdefxyz'],
    ['cagf', 'cfag', 'cfag'],
    ['abcd', 'defa', 'bcdefa'],
    ['cdefghij', '2h3e4kl', 'cdfg2hij3e4kl'],
    ['abcdefghij', '1b2h3e4kl', 'a1bcdfg2hij3e4kl'],
    ['abb', 'c', 'abbc'],
    ['abb', 'b', 'ab'],
    ['abb', 'a', 'abb'],
  ])('%s under %s is %s', (live, config, merged) => {
    const result = merge(withFinalizers(live), withFinalizers(config), type) as ReturnType<
      typeof withFinalizers
    >
    expect(result).toEqual(withFinalizers(merged))
  })
})

describe('differences', () => {
  it.each([
    ['ab', 'bc', ['c', '', 'a']],
    ['aa', 'aa', ['', '', '']],
    ['aa', 'aaa', ['', 'a', '']],
    ['aa', 'a', ['a', '', 'a']],
    ['aa', '', ['', '', 'a']],
    ['a', 'aa', ['a', '', 'a']],
    ['', 'aa', ['a', '', '']],
  ])('from %s to %s', (a, b, expected) => {
    const { added, modified, removed } = compare(withFinalizers(a), withFinalizers(b), type)
    const letters = [added, modified, removed].map((set) =>
      pathsOf(set).flatMap((path) => /="(.)"/.exec(path)?.[1] ?? []),
    )
    expect(letters.map((each) => each.join(''))).toEqual(expected)
  })
})

const pod = (...containers: Json[]): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'ds' },
  spec: { template: { spec: { containers } } },
})
const containersOf = (object: Json | undefined) =>
  (
    object as
      | { readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: Json } } } }
      | undefined
  )?.spec?.template?.spec?.containers

describe('what an applier no longer says', () => {
  const apply = (by: string, live: JsonObject, config: JsonObject, managers: Managers) => {
    const { object, managers: after } = manageApply(live, config, managers, {
      ...writing(by),
      force: false,
      empty,
    })
    return { object: decode(object ?? live, 'DaemonSet'), managers: after }
  }
  const a = { name: 'a', image: '1' }
  const b = { name: 'b', image: '1' }
  const stored = (container: JsonObject) => ({ ...container, resources: {} })
  /** Ann applies `first`; bob changes the containers; something else adds what nobody manages; ann applies `last`. */
  function story(
    first: Json[],
    bob: (one: JsonObject) => JsonObject,
    nobody: (one: JsonObject) => JsonObject,
    last: Json[],
  ) {
    const begun = apply('ann', empty, pod(...first), new Map())
    const each = (object: JsonObject, change: (one: JsonObject) => JsonObject) =>
      decode(pod(...(containersOf(object) as JsonObject[]).map(change)), 'DaemonSet')
    const changed = each(begun.object, bob)
    const managers = manageUpdate(begun.object, changed, begun.managers, writing('bob'), false)
    return containersOf(apply('ann', each(changed, nobody), pod(...last), managers).object)
  }
  const same = (one: JsonObject) => one

  it('goes', () => {
    expect(story([a, b], same, same, [b])).toEqual([stored(b)])
  })

  it('goes with the struct that held it', () => {
    expect(story([{ ...a, securityContext: { runAsUser: 1 } }], same, same, [a])).toEqual([stored(a)])
  })

  it('goes with what others have put into an element that only the applier has', () => {
    expect(story([a, b], (one) => ({ ...one, tty: true }), same, [b])).toEqual([{ ...stored(b), tty: true }])
  })

  it('leaves what others manage beside it, and what nobody does', () => {
    const secured = (fields: JsonObject) => (one: JsonObject) => ({
      ...one,
      securityContext: { ...(one.securityContext as JsonObject), ...fields },
    })
    const left = story(
      [{ ...a, securityContext: { runAsUser: 1 } }],
      secured({ privileged: true }),
      secured({ runAsGroup: 7 }),
      [a],
    )
    expect(left).toEqual([{ ...stored(a), securityContext: { privileged: true, runAsGroup: 7 } }])
  })

  it('leaves a struct empty that someone else put there, as whose it still counts', () => {
    const secured = (runAsUser: number) => ({ name: 'b', securityContext: { runAsUser } })
    const first = decode(pod(secured(2)), 'DaemonSet')
    const updated = manageUpdate(empty, first, new Map(), writing('bob'), true)
    const taken = manageApply(first, pod(a, secured(1)), updated, { ...writing('ann'), force: true, empty })
    const left = apply('ann', decode(taken.object ?? first, 'DaemonSet'), pod(a), taken.managers)
    expect(containersOf(left.object)).toEqual([stored(a), { name: 'b', resources: {}, securityContext: {} }])
    const last = decode(pod(a), 'DaemonSet')
    const after = manageUpdate(left.object, last, left.managers, writing('bob'), false)
    expect([...after.values()].flatMap(({ fields }) => pathsOf(fields)).join('\n')).not.toContain('name="b"')
  })

  it('stays where someone else applies it, too', () => {
    const ann = apply('ann', empty, pod(a, b), new Map())
    const both = apply('bob', ann.object, pod(b), ann.managers)
    expect(containersOf(apply('ann', both.object, pod(a), both.managers).object)).toEqual([
      stored(a),
      stored(b),
    ])
  })
})

describe('managed fields as they are sent', () => {
  it.each<[string, Json]>([
    ['no operation', [{ manager: 'm', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }]],
    ['no version', [{ manager: 'm', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: {} }]],
    [
      'another type of fields',
      [{ manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV2' }],
    ],
    ['a field that is no path', [entry({ spec: {} })]],
    ['a field that holds no object', [entry({ 'f:spec': 1 })]],
    ['keys that are no JSON', [entry({ 'k:{': {} })]],
    ['an index that is no number', [entry({ 'i:x': {} })]],
    ['no object', ['x']],
  ])('are passed over as a whole with %s', (_what, entries) => {
    expect(readManagers(entries)).toBeUndefined()
  })

  it('are read with what later servers may add left out, and keys in their order', () => {
    const [managed] =
      readManagers([entry({ 'x:new': {}, 'k:{"b": 1,"a":"x"}': { '.': {} } })])?.values() ?? []
    expect(managed?.fields).toEqual({ 'k:{"a":"x","b":1}': { '.': {} } })
    expect(pathsOf(managed?.fields ?? {})).toEqual(['[a="x",b=1]'])
  })

  it('that go into what is a whole now stand for the whole', () => {
    const set = readSet({
      'f:spec': { 'f:selector': { 'f:matchLabels': { 'f:a': {} } }, 'f:minReadySeconds': {} },
    })
    expect(withWholeLeaves(set, type)).toEqual({ 'f:spec': { 'f:selector': {}, 'f:minReadySeconds': {} } })
  })
})

function entry(fieldsV1: JsonObject): JsonObject {
  return { manager: 'm', operation: 'Apply', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1 }
}
