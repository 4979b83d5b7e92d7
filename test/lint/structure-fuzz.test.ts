import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import type { DaemonSet, KubeObject, Node } from '#kube/types.ts'
import { lint } from '#lint/lint.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'
import { clean, documented, everything, over } from './documented.ts'

const junk = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'x',
  '50%',
  [],
  [null],
  ['x'],
  [[]],
  [{}],
  {},
  { x: null },
  { x: 1 },
)

/** Every place of a value, as the path to it. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, part]) =>
    placesOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
  )
  return [path, ...below]
}

function put(value: Json, [key, ...rest]: readonly (string | number)[], what: Json): Json {
  if (key === undefined) return what
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, Json>
  copy[key] = put(copy[key] ?? null, rest, what)
  return copy as Json
}

/** The documented situations, all documents of each. */
const situations = async () =>
  Promise.all(
    documented.map(async ({ bad }) => {
      const { documents } = await parseDocuments(new SourceText('x', bad))
      const [first, ...rest] = documents.map(({ value }) => value)
      return [over(clean as unknown as Json, first ?? {}), ...rest] as Json[]
    }),
  )

it('a DaemonSet of any structure, beside objects that are as they should be, is judged without a crash', async () => {
  const all = await situations()
  const change = fc.integer({ min: 0, max: all.length - 1 }).chain((at) => {
    const places = placesOf(all[at]?.[0]).filter((path) => path.length > 0)
    return fc.tuple(
      fc.constant(at),
      fc.array(fc.tuple(fc.constantFrom(...places), junk), { minLength: 1, maxLength: 3 }),
    )
  })
  fc.assert(
    fc.property(change, ([at, changes]) => {
      const [first = {}, ...rest] = all[at] ?? []
      const broken = changes.reduce((value, [path, what]) => {
        try {
          return put(value, path, what)
        } catch {
          return value
        }
      }, first)
      if (typeof broken !== 'object' || broken === null || Array.isArray(broken)) return
      const daemonSet = broken as unknown as DaemonSet
      const others = rest as unknown as KubeObject[]
      const nodes = others.filter(({ kind }) => kind === 'Node') as Node[]
      const siblings = others.filter(({ kind }) => kind === 'DaemonSet') as DaemonSet[]
      const cluster = nodes.length > 0 ? { nodes, daemonSets: siblings } : undefined
      const found = lint(
        daemonSet,
        { daemonSets: [daemonSet, ...siblings], beside: others, cluster },
        everything,
      )
      for (const { message } of found) expect(message).not.toMatch(/undefined|\[object|NaN/)
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 1500) },
  )
})
