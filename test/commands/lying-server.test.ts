import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectOwnEnd } from '../helpers/any-structure.ts'
import { liveKds } from '../helpers/live-world.ts'
import { lies } from './lies.ts'
import { honestObjects, type LyingServer, lyingServer, manifest } from './lying-server.ts'

const commands: Readonly<Record<string, readonly string[]>> = {
  version: ['version'],
  history: ['rollout', 'history', 'ds/a'],
  'history of a revision': ['rollout', 'history', 'ds/a', '--revision=1'],
  'history in JSON': ['rollout', 'history', 'ds/a', '-o', 'json'],
  'history of all': ['rollout', 'history', 'ds'],
  status: ['rollout', 'status', 'ds/a', '--watch=false'],
  'status in JSON': ['rollout', 'status', 'ds/a', '--watch=false', '-o', 'json'],
  undo: ['rollout', 'undo', 'ds/a', '-y'],
  restart: ['rollout', 'restart', 'ds/a'],
  pause: ['rollout', 'pause', 'ds/a'],
  plan: ['plan', 'ds/a'],
  'plan of a file': ['plan', '-f', '-'],
  'plan of a file in a dry run': ['plan', '-f', '-', '--server-dry-run'],
  'simulate of a file': ['rollout', 'simulate', '-f', '-'],
  get: ['get'],
  pods: ['pods', 'ds/a'],
  revisions: ['revisions', 'ds/a'],
  overhead: ['overhead'],
  apply: ['apply', '-f', '-', '-y'],
  'set image': ['set', 'image', 'ds/a', 'c=three', '-y'],
}

const writes = /undo|restart|dry run|apply|set image/

describe(`${Object.keys(lies).length} lies to ${Object.keys(commands).length} commands`, () => {
  let server: LyingServer
  beforeAll(async () => {
    server = await lyingServer()
  })
  afterEach(() => {
    server.lies = []
    server.asked.length = 0
    server.objects = honestObjects()
  })
  afterAll(() => server.close())

  const run = (argv: readonly string[], more: readonly string[] = ['--request-timeout=150ms']) =>
    liveKds([...argv, '--server', server.url, ...more], {
      kubeconfig: '/nonexistent',
      haste: 100,
      stdin: manifest,
    })

  it.each(Object.entries(commands).filter(([name]) => !/undo|restart|apply|set image/.test(name)))(
    'the truth is answered by %s',
    async (_name, argv) => {
      const { err } = await run(argv, ['--request-timeout=10s'])
      expect(err).not.toMatch(/internal error|defect|server sent/)
    },
  )

  const cases = Object.entries(commands).flatMap(([command, argv]) =>
    Object.entries(lies).flatMap(([said, lie]) =>
      [/^GET/, /^PATCH/]
        .filter((to) => to.source === '^GET' || writes.test(command))
        .map((to) => [command, said, to, argv, lie] as const),
    ),
  )
  it.each(cases)(
    '%s, told %s to %s',
    async (command, said, to, argv, lie) => {
      server.lies = [{ to, lie }]
      const { out, err, exit } = await run(argv)
      expect(out + err).not.toMatch('SECRET')
      // A page of items means nothing to a single object, and what only changes those is the truth to it.
      const truth =
        to.source === '^PATCH' ? said.startsWith('items') : /^(items|another|an object)/.test(said)
      if (!truth) {
        expect(err).not.toBe('')
        expect(out).not.toMatch(/restarted|rolled back/)
      }
      expectOwnEnd({ out, err, exit }, truth || command.startsWith('status') ? [0, 1] : [1])
    },
    20_000,
  )

  it.each([
    ['silence before the answer', []],
    ['silence in the answer', ['-o', 'json']],
  ] as const)('status waits no longer than --timeout says: %s', async (said, more) => {
    server.lies = [{ to: /^GET/, lie: lies[said] ?? expect.unreachable() }]
    const { err, exit } = await run(['rollout', 'status', 'ds/a', ...more], ['--timeout=150ms'])
    expect([err, exit]).toEqual(['error: timed out waiting for the condition\n', 1])
  })
})
