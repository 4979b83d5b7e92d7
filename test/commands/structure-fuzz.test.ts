import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { liveKds } from '../helpers/live-world.ts'
import { honestObjects, type LyingServer, lyingServer } from './lying-server.ts'

const commands = [
  ['rollout', 'history', 'ds/a'],
  ['rollout', 'history', 'ds/a', '--revision=1'],
  ['rollout', 'history', 'ds/a', '-o', 'json'],
  ['rollout', 'status', 'ds/a', '--watch=false'],
  ['rollout', 'status', 'ds/a', '--watch=false', '-o', 'json', '--detailed-exitcode'],
  ['rollout', 'undo', 'ds/a', '-y'],
  ['rollout', 'undo', 'ds/a', '--dry-run=client'],
  ['rollout', 'restart', 'ds/a'],
  ['rollout', 'pause', 'ds/a'],
  ['plan', 'ds/a'],
  ['version'],
].map((words) => words.join(' '))

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Every place of a value, as the path to it. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, part]) =>
      placesOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

function put(value: unknown, [key, ...rest]: readonly (string | number)[], junk: Json): unknown {
  if (key === undefined) return junk
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >
  copy[key] = put(copy[key], rest, junk)
  return copy
}

const junk = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'x',
  '9999-99-99T99:99:99Z',
  [],
  [null],
  ['x'],
  [[]],
  [{}],
  {},
  { x: null },
  { x: 1 },
)
const places = placesOf(honestObjects()).filter((path) => path.length > 2)
const change = fc.tuple(fc.constantFrom(...places), junk)

describe('objects of any structure', () => {
  let server: LyingServer
  beforeAll(async () => {
    server = await lyingServer()
  })
  afterEach(() => {
    server.objects = honestObjects()
  })
  afterAll(() => server.close())

  it.each(commands)(
    '%s ends by an exit code of its own',
    async (command) => {
      const check = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        server.objects = changes.reduce((objects, [path, value]) => {
          try {
            return put(objects, path, value)
          } catch {
            return objects
          }
        }, honestObjects() as unknown) as ReturnType<typeof honestObjects>
        const argv = [...command.split(' '), '--server', server.url, '--request-timeout=2s']
        const { err, exit } = await liveKds(argv, { kubeconfig: '/nonexistent', haste: 20 })
        expect(err).not.toMatch(/internal error|defect of kds|TypeError|\n\s+at /)
        expect([0, 1, 2, 3, 4, 5]).toContain(exit)
      })
      await fc.assert(check, { numRuns: Number(process.env.FUZZ_RUNS ?? 60) })
    },
    120_000,
  )
})
