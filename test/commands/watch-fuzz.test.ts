import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changed, expectOwnEnd } from '../helpers/any-structure.ts'
import { liveKds } from '../helpers/live-world.ts'
import { longest, runs } from '../helpers/random-cases.ts'
import { honestObjects, type Lie, type LyingServer, lyingServer } from './lying-server.ts'

/** How a command is ended that a watch does not end: by a limit of time, or by Ctrl-C. */
const limit = 7_777_000
const commands = [
  'rollout status ds/a',
  'rollout status ds/a -o json --detailed-exitcode',
  'rollout status ds/a --revision=2 --on-delete',
  'rollout status -A',
  'rollout status -l app=a',
  'rollout undo ds/a -y --wait',
  'rollout restart ds/a --wait',
].flatMap((command) => [
  { command, ended: 'by the limit', terminal: false },
  { command, ended: 'by Ctrl-C', terminal: true },
])

const [honest = {}] = honestObjects().daemonsets ?? []
const daemonSet = { kind: 'DaemonSet', apiVersion: 'apps/v1', ...honest }
const [pod = {}] = honestObjects().pods ?? []
const withMetadata = (more: object) => ({
  ...daemonSet,
  metadata: { ...(daemonSet as { metadata?: object }).metadata, ...more },
})
const done = {
  ...withMetadata({ resourceVersion: '111' }),
  status: {
    numberAvailable: 2,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    observedGeneration: 2,
  },
}

/** The list is at version 100. */
const version = fc.constantFrom('99', '100', '101', '112', '0', '-1', '', 'x', '9'.repeat(40), '0111')
const object = fc.oneof(
  {
    weight: 3,
    arbitrary: changed(withMetadata({ resourceVersion: '112' }), { min: 0, also: ['111', '113'] }),
  },
  { weight: 2, arbitrary: version.map((resourceVersion) => withMetadata({ resourceVersion })) },
  fc.constantFrom<unknown>(
    done,
    withMetadata({ resourceVersion: '113', uid: 'another' }),
    withMetadata({ resourceVersion: '113', name: 'other' }),
    withMetadata({ resourceVersion: '113', namespace: 'other' }),
    withMetadata({ resourceVersion: '113', deletionTimestamp: '2026-11-20T10:00:00Z' }),
    { kind: 'Pod', apiVersion: 'v1', ...pod },
    { kind: 'DaemonSetList', apiVersion: 'apps/v1', metadata: {}, items: [daemonSet] },
  ),
)
const status = changed(
  {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Expired',
    message: 'too old resource version',
    code: 410,
    details: { kind: 'daemonsets', causes: [{ reason: 'x', message: 'y' }], retryAfterSeconds: 1 },
  },
  { min: 0, also: [200, 401, 403, 404, 429, 500, 504] },
)
const bookmark = changed(
  { kind: 'DaemonSet', apiVersion: 'apps/v1', metadata: { resourceVersion: '120' } },
  { min: 0 },
)
const anything = fc.constantFrom<unknown>(undefined, null, [], 'x', 3, {}, [daemonSet])
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'), object }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('ERROR'), object: fc.oneof(status, anything) }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('BOOKMARK'), object: fc.oneof(bookmark, anything) }),
  },
  fc.record({ type: fc.constantFrom<unknown>('Added', '', null, 3, undefined, {}), object }),
  fc.record({ type: fc.constantFrom('ADDED', 'DELETED'), object: anything }),
  anything,
)
const told = event.map((one) => JSON.stringify(one) ?? '')
const line = fc.oneof(
  { weight: 8, arbitrary: told },
  told.map((text) => text.slice(0, text.length / 2)),
  told.map((text) => `${text}${text}`),
  fc.constantFrom('', '\r', '\u0000', '<html>', `"${'x'.repeat(300_000)}"`, '['.repeat(100_000)),
)
const ends = ['end', 'cut', 'silence'] as const
/** What the server says to one watch after the other. After the last one it says nothing more. */
const watches = fc.array(
  fc.record({
    lines: fc.array(line, { maxLength: 6 }),
    closed: fc.boolean(),
    chunks: fc.integer({ min: 1, max: 5 }),
    code: fc.constantFrom(200, 200, 200, 200, 410, 500, 403),
    ending: fc.constantFrom(...ends),
  }),
  { minLength: 1, maxLength: 3 },
)

describe('watches that tell anything', () => {
  let server: LyingServer
  beforeAll(async () => {
    server = await lyingServer()
  })
  afterAll(() => server.close())

  it.each(['name', 'namespace'])('what befalls a DaemonSet of another %s is not its own', async (other) => {
    const gone = withMetadata({ resourceVersion: '110', [other]: 'other' })
    const told = [
      { type: 'ADDED', object: gone },
      { type: 'DELETED', object: gone },
      { type: 'MODIFIED', object: done },
    ]
    const lie: Lie = (_request, response) =>
      response.end(told.map((one) => `${JSON.stringify(one)}\n`).join(''))
    server.lies = [{ to: /watch=true/, lie }]
    const argv = ['rollout', 'status', 'ds/a', '--server', server.url]
    expect(await liveKds(argv, { kubeconfig: '/nonexistent' })).toMatchObject({
      out: [
        'Waiting for daemon set "a" rollout to finish: 1 out of 2 new pods have been updated...\n',
        'daemon set "a" successfully rolled out\n',
      ].join(''),
      exit: 0,
    })
  })

  it.each(commands)(
    '$command, ended $ended, has an exit code of its own',
    async ({ command, ended, terminal }) => {
      const check = fc.asyncProperty(watches, async (answers) => {
        const left = [...answers]
        const over = new AbortController()
        const enough = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()))
        server.lies = [
          {
            to: /watch=true/,
            lie: async (_request, response) => {
              const { chunks, closed, code, ending, lines } = left.shift() ?? {
                chunks: 1,
                closed: true,
                code: 200,
                lines: [],
                ending: 'silence',
              }
              response.writeHead(code, { 'Content-Type': 'application/json' })
              response.flushHeaders()
              const bytes = Buffer.from(lines.join('\n') + (closed ? '\n' : ''))
              const size = Math.ceil(bytes.length / chunks) || 1
              for (let at = 0; at < bytes.length; at += size)
                await new Promise((written) => response.write(bytes.subarray(at, at + size), written))
              if (ending === 'end') response.end()
              if (ending === 'cut') response.destroy()
              if (ending !== 'silence') return
              // The command reads what was written before its time is up.
              for (let turns = 0; turns < 20; turns++) await turn()
              over.abort()
            },
          },
        ]
        const byLimit = ended === 'by the limit'
        const argv = [
          ...command.split(' '),
          '--server',
          server.url,
          ...(byLimit ? [`--timeout=${limit}ms`] : []),
        ]
        const run = await liveKds(argv, {
          kubeconfig: '/nonexistent',
          haste: 10_000,
          sleepUntil: (ms) => (ms === limit ? enough : undefined),
          ...(terminal ? { terminal: 80 } : {}),
          ...(byLimit ? {} : { signal: over.signal }),
        })
        expectOwnEnd(run, [0, 1, byLimit ? 124 : 130, ...(command.includes('detailed') ? [2, 3, 4, 5] : [])])
      })
      await fc.assert(check, runs(50))
    },
    longest,
  )
})
