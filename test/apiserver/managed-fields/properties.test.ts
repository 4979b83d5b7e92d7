import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkTyped } from '#apiserver/managed-fields/check-typed.ts'
import { ApplyConflict } from '#apiserver/managed-fields/conflict.ts'
import { manageApply, manageUpdate, type Writing } from '#apiserver/managed-fields/field-manager.ts'
import { difference, type FieldSet, isEmpty, union } from '#apiserver/managed-fields/field-set.ts'
import { type Managers, readManagers, writeManagers } from '#apiserver/managed-fields/managers.ts'
import { listElement } from '#apiserver/managed-fields/path-element.ts'
import { compare, fieldsOf, fieldType, isLeaf, rootType } from '#apiserver/managed-fields/typed.ts'
import { decode } from '#apiserver/schema/decode.ts'
import type { TypeSpec } from '#apiserver/schema/schema.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { longest, runs } from '../../helpers/random-cases.ts'

const type = rootType('DaemonSet')
const empty = decode({}, 'DaemonSet')
const names = ['a', 'b', 'c'] as const
const someName = fc.constantFrom(...names)
const value = fc.constantFrom('1', '2')
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const map = fc.dictionary(someName, value, { minKeys: 1 })
const keyed = <T extends object>(key: string, more: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(someName, more), { selector: ([name]) => name, minLength: 1, maxLength: 3 })
    .map((list) => list.map(([name, fields]) => ({ [key]: name, ...fields })))
const port = fc.record({ containerPort: fc.constantFrom(1, 2), protocol: fc.constantFrom('TCP', 'UDP') })
const ports = fc.uniqueArray(port, {
  selector: ({ containerPort, protocol }) => `${containerPort}${protocol}`,
  minLength: 1,
  maxLength: 3,
})
const container = fc.record({
  image: some(value),
  env: some(keyed('name', fc.record({ value }))),
  ports: some(ports),
  command: some(fc.array(value, { minLength: 1, maxLength: 2 })),
  securityContext: some(fc.record({ runAsUser: fc.constantFrom(1, 2) })),
})

/** Configurations that hold maps, sets, lists by one key and by two, and lists, maps and structs that are wholes. */
const configuration: fc.Arbitrary<JsonObject> = fc
  .record({
    metadata: fc.record({
      name: fc.constant('ds'),
      labels: some(map),
      finalizers: some(fc.uniqueArray(someName, { minLength: 1 })),
    }),
    spec: fc.record({
      minReadySeconds: some(fc.integer({ min: 1, max: 2 })),
      selector: fc.record({ matchLabels: map }),
      template: fc.record({
        spec: fc.record({
          containers: keyed('name', container),
          nodeSelector: some(map),
          tolerations: some(fc.array(fc.record({ key: someName }), { minLength: 1, maxLength: 2 })),
        }),
      }),
    }),
  })
  .map(
    (object) =>
      JSON.parse(JSON.stringify({ apiVersion: 'apps/v1', kind: 'DaemonSet', ...object })) as JsonObject,
  )

const manager = fc.constantFrom('ann', 'bob', 'cy')
type Step =
  | { readonly kind: 'apply'; readonly manager: string; readonly config: JsonObject; readonly force: boolean }
  | { readonly kind: 'update'; readonly manager: string; readonly config: JsonObject }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('apply' as const), manager, config: configuration, force: fc.boolean() }),
  fc.record({ kind: fc.constant('update' as const), manager, config: configuration }),
)
const steps = fc.array(step, { minLength: 1, maxLength: 6 })

interface State {
  readonly object: JsonObject
  readonly managers: Managers
}
const nothing: State = { object: empty, managers: new Map() }
const writing = (name: string): Writing => ({
  type,
  apiVersion: 'apps/v1',
  reset: {},
  manager: name,
  now: '2026-11-20T20:00:00Z',
})

/** What a server would hold after a step; undefined: it refuses. Managers go through their written form, as they do there. */
function written({ object, managers }: State, one: Step): State | undefined {
  const kept = (next: Json, by: Managers) => ({
    object: decode(next, 'DaemonSet'),
    managers: readManagers(JSON.parse(JSON.stringify(writeManagers(by))) as Json) ?? new Map(),
  })
  if (one.kind === 'update') {
    const next = decode(one.config, 'DaemonSet')
    return kept(next, manageUpdate(object, next, managers, writing(one.manager), managers.size === 0))
  }
  expect(checkTyped(one.config, type)).toEqual([])
  try {
    const result = manageApply(object, one.config, managers, {
      ...writing(one.manager),
      force: one.force,
      empty,
    })
    return kept(result.object ?? object, result.managers)
  } catch (error) {
    if (error instanceof ApplyConflict) return undefined
    throw error
  }
}

const played = (all: readonly Step[]): State =>
  all.reduce<State>((state, one) => written(state, one) ?? state, nothing)

/** Names and versions are nobody's. */
const nobodys: FieldSet = { 'f:apiVersion': {}, 'f:kind': {}, 'f:metadata': { 'f:name': {} } }

const fieldsBy = ({ managers }: State, name: string, operation: string): FieldSet =>
  [...managers.values()].find((one) => one.manager === name && one.operation === operation)?.fields ?? {}

/** The owned places at which the object has nothing. Maps and lists leave the object with the last of what they held. */
function missing(set: FieldSet, at: Json | undefined, of: TypeSpec, path = ''): string[] {
  return Object.entries(set).flatMap(([element, inside]) => {
    if (element === '.') return []
    const [part, partType] = lookUp(element, at, of)
    const owned = isEmpty(inside) || '.' in inside
    const leaves = element[0] === 'f' && !isLeaf(partType) && partType.kind !== 'struct'
    if (part === undefined && owned && !leaves) return [`${path}/${element}`]
    return missing(inside, part, partType, `${path}/${element}`)
  })
}

function lookUp(element: string, at: Json | undefined, of: TypeSpec): [Json | undefined, TypeSpec] {
  if (element.startsWith('f:')) {
    const name = element.slice(2)
    return [isObject(at) ? at[name] : undefined, fieldType(of, name) as TypeSpec]
  }
  if (of.kind !== 'list') throw new Error(`${element} of no list`)
  return [Array.isArray(at) ? at.find((item) => listElement(of, item) === element) : undefined, of.item]
}

describe('after any writes of any managers', { timeout: longest }, () => {
  it('every owned field is there, and no set is empty', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { object, managers } = played(all)
        for (const { manager: name, fields } of managers.values()) {
          expect(missing(fields, object, type), name).toEqual([])
          expect(isEmpty(fields)).toBe(false)
        }
      }),
      runs(100),
    )
  })

  it('the same apply once more changes neither object nor managers', () => {
    fc.assert(
      fc.property(steps, manager, configuration, (all, name, config) => {
        const apply: Step = { kind: 'apply', manager: name, config, force: true }
        const once = written(played(all), apply) as State
        expect(written(once, { ...apply, force: false })).toEqual(once)
      }),
      runs(100),
    )
  })

  it('a forced apply has its way: its manager owns all that it says, nobody else what it changed', () => {
    fc.assert(
      fc.property(steps, manager, configuration, (all, name, config) => {
        const before = played(all)
        const state = written(before, { kind: 'apply', manager: name, config, force: true }) as State
        const said = difference(fieldsOf(config, type), nobodys)
        expect(sameSet(fieldsBy(state, name, 'Apply'), said)).toBe(true)
        const wanted = compare(config, state.object, type)
        expect([wanted.modified, wanted.removed]).toEqual([{}, {}])
      }),
      runs(100),
    )
  })

  it('an apply conflicts exactly where it would change what others own', () => {
    fc.assert(
      fc.property(steps, manager, configuration, (all, name, config) => {
        const before = played(all)
        const gentle = written(before, { kind: 'apply', manager: name, config, force: false })
        const forced = written(before, { kind: 'apply', manager: name, config, force: true }) as State
        const changed = compare(before.object, forced.object, type)
        const others = [...before.managers.values()].filter(
          (one) => !(one.manager === name && one.operation === 'Apply'),
        )
        const taken = others.some(
          ({ fields }) => !isEmpty(shared(fields, union(changed.modified, changed.added))),
        )
        expect(gentle === undefined).toBe(before.managers.size > 0 && taken)
        if (gentle) expect(gentle).toEqual(forced)
      }),
      runs(100),
    )
  })

  it('nobody conflicts with values that are there', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const state = played(all)
        const { status: _status, ...config } = state.object
        const told = { ...config, apiVersion: 'apps/v1', kind: 'DaemonSet' } as JsonObject
        const same = written(state, { kind: 'apply', manager: 'dora', config: told, force: false })
        expect(same?.object).toEqual(state.object)
      }),
      runs(100),
    )
  })

  it('an update owns what it changed, and takes it from everybody else', () => {
    fc.assert(
      fc.property(steps, manager, configuration, (all, name, config) => {
        const before = played(all)
        const state = written(before, { kind: 'update', manager: name, config }) as State
        if (before.managers.size === 0 && all.length > 0) return
        const { added, modified } = compare(before.object, state.object, type)
        const changed = difference(union(added, modified), nobodys)
        expect(difference(changed, fieldsBy(state, name, 'Update'))).toEqual({})
        for (const one of state.managers.values())
          if (one.manager !== name || one.operation !== 'Update')
            expect(shared(one.fields, changed)).toEqual({})
      }),
      runs(100),
    )
  })

  it('one who alone applies leaves nothing behind of what it said before', () => {
    fc.assert(
      fc.property(fc.array(configuration, { minLength: 1, maxLength: 4 }), configuration, (earlier, last) => {
        const apply = (config: JsonObject): Step => ({ kind: 'apply', manager: 'ann', config, force: false })
        const long = played([...earlier, last].map(apply))
        const short = played([apply(last)])
        expect(long.object).toEqual(short.object)
        expect([...long.managers.keys()]).toEqual([...short.managers.keys()])
      }),
      runs(100),
    )
  })
})

const sameSet = (a: FieldSet, b: FieldSet) => isEmpty(difference(a, b)) && isEmpty(difference(b, a))
const shared = (a: FieldSet, b: FieldSet) => difference(a, difference(a, b))
