import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { waitingMs } from '#cli/waiting.ts'
import { type LiveOptions, liveKds } from '../helpers/live-world.ts'
import { TerminalScreen } from '../helpers/terminal-screen.ts'
import { honestObjects, type LyingServer, lyingServer, send } from './lying-server.ts'

let server: LyingServer
beforeAll(async () => {
  server = await lyingServer()
})
afterEach(() => {
  server.lies = []
  server.objects = honestObjects()
})
afterAll(() => server.close())

/** Runs kds with a person watching who has no patience; requests that fit are answered when the screen fits `shown`. */
async function watched(
  argv: readonly string[],
  slow: RegExp,
  shown: RegExp,
  { onceShown, ...more }: LiveOptions & { onceShown?: () => void } = { kubeconfig: '/nonexistent' },
) {
  const screen = new TerminalScreen(80)
  const lines: string[] = []
  let seen = false
  const held: (() => void)[] = []
  server.lies = [
    {
      to: slow,
      lie: (_request, response, { object, watch }) => {
        const answer = () => (watch ? response.writeHead(200).flushHeaders() : send(response, object))
        if (seen) answer()
        else held.push(answer)
      },
    },
  ]
  const run = await liveKds([...argv, '--server', server.url], {
    terminal: 80,
    sleepUntil: (ms) => (ms === waitingMs ? Promise.resolve() : undefined),
    watch: (text) => {
      screen.write(text)
      lines.push(...screen.text.split('\n').filter((line) => / (reading|writing) /.test(line)))
      if (seen || !shown.test(screen.text)) return
      seen = true
      // Nothing happens in the midst of drawing.
      setImmediate(() => {
        onceShown?.()
        for (const answer of held) answer()
      })
    },
    ...more,
  })
  return { ...run, screen: screen.text, lines }
}

describe('a live command at a terminal', () => {
  it.each<[string, readonly string[], RegExp, string]>([
    ['history', ['rollout', 'history', 'ds/a'], /GET .*daemonsets/, 'daemonsets'],
    ['history', ['rollout', 'history', 'ds/a'], /GET .*controllerrevisions/, 'controllerrevisions'],
    ['history of all', ['rollout', 'history', 'ds'], /GET .*daemonsets\?/, 'daemonsets'],
    ['status', ['rollout', 'status', 'ds/a', '--watch=false'], /GET .*daemonsets\/a$/, 'daemonsets'],
    ['undo', ['rollout', 'undo', 'ds/a', '--dry-run=client'], /GET .*controllerrev/, 'controllerrevisions'],
    ['restart', ['rollout', 'restart', 'ds/a'], /GET .*daemonsets/, 'daemonsets'],
    ['version', ['version'], /GET .version/, 'version'],
    ['plan', ['plan', 'ds/a'], /GET .*daemonsets\/a/, 'daemonsets'],
  ])('%s says what it reads: %3$s', async (_name, argv, slow, what) => {
    const shown = new RegExp(`^\\S reading [^\\n]*${what}\\.{3}$`)
    const { lines, screen, out } = await watched(argv, slow, shown)
    expect(lines.length).toBeGreaterThan(0)
    expect(out).not.toContain('reading')
    expect(screen).not.toMatch(/ reading [a-z]+\.{3}/)
  })

  it('counts what comes in pages', async () => {
    const page = (number: number, more: object) => ({
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '100', ...more },
      items: Array.from({ length: 500 }, (_, at) => ({ metadata: { name: `p-${number}-${at}` } })),
    })
    const result = watched(
      ['plan', 'ds/a'],
      /GET .*(nodes|continue=8)/,
      /^\S reading nodes, pods 3,500\.{3}$/,
    )
    server.lies.push({
      to: /GET .*\/pods/,
      lie: (request, response) => {
        const at = Number(new URL(request.url ?? '', server.url).searchParams.get('continue') ?? 1)
        send(response, page(at, { continue: String(at + 1) }))
      },
    })
    expect((await result).exit).toBe(0)
  })

  it('tells of a write', async () => {
    const { lines } = await watched(['rollout', 'restart', 'ds/a'], /PATCH/, /^\S writing daemonsets\.{3}$/)
    expect(lines.length).toBeGreaterThan(0)
  })

  it('erases the line at Ctrl-C', async () => {
    const controller = new AbortController()
    const { exit, screen } = await watched(
      ['rollout', 'history', 'ds/a'],
      /GET/,
      /reading [^\n]*daemonsets[^\n]*\.{3}$/,
      {
        kubeconfig: '/nonexistent',
        signal: controller.signal,
        onceShown: () => controller.abort(new Error('interrupted')),
      },
    )
    expect({ exit, screen }).toEqual({ exit: 130, screen: '' })
  })

  it('erases the line before an error', async () => {
    const { exit, screen } = await watched(
      ['rollout', 'history', 'ds/zz'],
      /GET/,
      /reading [^\n]*daemonsets[^\n]*\.{3}$/,
    )
    expect(exit).toBe(1)
    expect(screen).toMatch(/^Error from server \(NotFound\): daemonsets "zz" not found/)
  })

  it.each<[string, Omit<LiveOptions, 'kubeconfig'>]>([
    ['on a pipe', {}],
    ['on a terminal that cannot erase', { terminal: 80, env: { TERM: 'dumb' } }],
  ])('says nothing %s', async (_name, options) => {
    const asked: number[] = []
    const { err } = await liveKds(['rollout', 'history', 'ds/a', '--server', server.url], {
      kubeconfig: '/nonexistent',
      sleepUntil: (ms) => {
        asked.push(ms)
        return undefined
      },
      ...options,
    })
    expect(err).toBe('')
    expect(asked).toEqual([])
  })
})
