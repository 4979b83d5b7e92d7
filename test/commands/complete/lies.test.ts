import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { answerFor } from '#commands/complete/answer.ts'
import { lies } from '../lies.ts'
import { type Lie, type LyingServer, lyingServer } from '../lying-server.ts'

/** What is asked for by TAB, with all that there is to offer. */
const words: Readonly<Record<string, readonly [words: readonly string[], offered: readonly string[]]>> = {
  'a DaemonSet': [['rollout status', ''], ['a']],
  'a DaemonSet of all namespaces': [['rollout status', '-A', 'ds/'], ['ds/a']],
  'a namespace': [['rollout status', '-n', ''], ['default']],
  'a node': [
    ['plan', 'ds/a', '--node', ''],
    ['n1', 'n2'],
  ],
  'a revision': [
    ['rollout undo', 'ds/a', '--to-revision', ''],
    ['2', '1'],
  ],
  'a revision of the only DaemonSet': [
    ['rollout undo', '--to-revision='],
    ['2', '1'],
  ],
}

describe('TAB asks a server that lies', () => {
  let server: LyingServer
  /** The time that a user is kept waiting. */
  let late: AbortController
  const limits: number[] = []
  beforeAll(async () => {
    server = await lyingServer()
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      limits.push(ms)
      late = new AbortController()
      return late.signal
    })
  })
  afterEach(() => {
    server.lies = []
    limits.length = 0
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await server.close()
  })

  const answer = async (typed: readonly string[]) => {
    const [command = '', ...rest] = typed
    const text = await answerFor([...command.split(' '), `--server=${server.url}`, ...rest], {
      env: { KUBECONFIG: '/nonexistent' },
      cwd: process.cwd(),
      version: '0.0.0-test',
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    })
    expect(text).toMatch(/^(?:[^\t\n]+(?:\t[^\t\n]+)?\n)*:\d+\n$/)
    return text
      .split('\n')
      .slice(0, -2)
      .map((line) => line.split('\t')[0])
  }

  it.each(Object.entries(words))('the truth about %s', async (_, [typed, offered]) => {
    expect(await answer(typed)).toEqual(offered)
  })

  const cases = Object.entries(lies).flatMap(([said, lie]) =>
    Object.entries(words).map(([what, [typed, offered]]) => [said, what, lie, typed, offered] as const),
  )
  it.each(cases)('%s about %s', async (said, _, lie, typed, offered) => {
    // Whoever says nothing is given up when the time is over, and not before.
    const told: Lie = async (request, response, honest) => {
      lie(request, response, honest)
      await turn()
      if (said.startsWith('silence')) late.abort()
    }
    server.lies = [{ to: /./, lie: told }]
    const found = await answer(typed)
    expect(offered).toEqual(expect.arrayContaining(found))
    expect(limits).toEqual([2000])
  })
})
