import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { changed, expectOwnEnd } from '../helpers/any-structure.ts'
import { liveKds } from '../helpers/live-world.ts'
import { longest, runs } from '../helpers/random-cases.ts'
import { honestObjects, type LyingServer, lyingServer, manifest } from './lying-server.ts'

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
  ['plan', '-f', '-'],
  ['plan', '-f', '-', '--server-dry-run'],
  ['plan', '-f', '-', '--fail-on=lose,evict,no-room,refused,blocked,zero', '--max-change=50%'],
  ['diff', '-f', '-'],
  ['diff', '-f', '-', '-o', 'json'],
  ['apply', '-f', '-'],
  ['apply', '-f', '-', '--server-side', '--dry-run=server'],
  ['apply', '-f', '-', '--overwrite=false', '--dry-run=client', '-o', 'yaml'],
  ['set', 'image', 'ds/a', '*=x'],
  ['delete', 'ds/a', '--dry-run=server'],
  ['snapshot'],
  ['version'],
].map((words) => words.join(' '))

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
      const check = fc.asyncProperty(changed(honestObjects(), { below: 3 }), async (objects) => {
        server.objects = objects
        const argv = [...command.split(' '), '--server', server.url, '--request-timeout=2s']
        const run = await liveKds(argv, { kubeconfig: '/nonexistent', haste: 20, stdin: manifest })
        expectOwnEnd(run, [0, 1, 2, 3, 4, 5])
      })
      await fc.assert(check, runs(60))
    },
    longest,
  )
})
