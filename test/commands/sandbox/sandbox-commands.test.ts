import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubectlVersion } from '../../helpers/kubectl.ts'
import { until } from '../../helpers/live-world.ts'
import { folders, kds, place, start, useProgram } from './program.ts'

/*
 * kds as a program of its own, for what only a process can show: signals, exit codes, background sandboxes.
 */
describe('kds sandbox', () => {
  useProgram()
  const portsOf = async () =>
    (
      JSON.parse((await kds('sandbox', 'status', '-o', 'json')).out) as { items: { port: number }[] }
    ).items.map(({ port }) => port)

  it('runs two side by side in the background, lists them, and stops each', async () => {
    const [first, second] = await Promise.all([
      kds('sandbox', 'start', '--nodes', '2', '--detach'),
      kds('sandbox', 'start', '--nodes=5', '-d'),
    ])
    expect([first.exit, second.exit, first.err, second.err]).toEqual([0, 0, '', ''])
    const [one, other] = await portsOf()
    expect(one).not.toBe(other)
    expect((await kds('sandbox', 'stop')).err).toMatch(/^error: which one\? There are sandboxes on the ports/)
    expect(await kds('sandbox', 'stop', String(one))).toMatchObject({
      out: `sandbox https://127.0.0.1:${one} stopped\n`,
      exit: 0,
    })
    expect(await portsOf()).toEqual([other])
    expect((await kds('sandbox', 'stop')).exit).toBe(0)
    expect(folders()).toEqual([])
    expect(await kds('sandbox', 'stop')).toMatchObject({
      exit: 1,
      err: expect.stringMatching(/^error: no sandbox/),
    })
  })

  it('keeps its kubeconfig private, and prints it or its place', async () => {
    await kds('sandbox', 'start', '-d')
    const path = (await kds('sandbox', 'kubeconfig', '--path')).out.trim()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect((await kds('sandbox', 'kubeconfig')).out).toMatch(/^apiVersion: v1\nkind: Config\n/)
    await kds('sandbox', 'stop')
    expect(existsSync(path)).toBe(false)
  })

  it('ends in the foreground at Ctrl-C with 130, and leaves nothing behind', async () => {
    const { child, out, result } = start(['sandbox', 'start', '--nodes', '1'])
    await until(() => out().includes('Ctrl-C stops it'))
    child.kill('SIGINT')
    expect((await result).exit).toBe(130)
    expect(folders()).toEqual([])
  })

  it('ends in the foreground when another kds stops it', async () => {
    const { out, result } = start(['sandbox', 'start'])
    await until(() => out().includes('Ctrl-C stops it'))
    await kds('sandbox', 'stop')
    expect((await result).exit).toBe(0)
  })

  it('clears away what a killed one left', async () => {
    const { child, out, result } = start(['sandbox', 'start'])
    await until(() => out().includes('Ctrl-C stops it'))
    child.kill('SIGKILL')
    await result
    expect(folders()).toHaveLength(1)
    expect(await kds('sandbox', 'status')).toEqual({ out: '', err: 'No sandbox is running.\n', exit: 0 })
    expect(folders()).toEqual([])
  })

  describe('run', () => {
    const shell = (script: string, ...flags: readonly string[]) => [
      'sandbox',
      'run',
      ...flags,
      '--',
      'sh',
      '-c',
      script,
    ]

    it('gives the command a cluster of its own, and its exit code on', async () => {
      const { err, exit, out } = await kds(...shell('test -r "$KUBECONFIG" && echo "$KUBECONFIG"; exit 7'))
      expect({ err, exit }).toEqual({ err: '', exit: 7 })
      expect(out).toMatch(/kds-sandbox-\w+\/kubeconfig\n$/)
      expect(existsSync(out.trim())).toBe(false)
      expect(folders()).toEqual([])
    })

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on', async (signal) => {
      const script = `trap 'echo caught; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`
      const { child, out, result } = start(shell(script))
      await until(() => out().includes('ready'))
      child.kill(signal)
      expect(await result).toMatchObject({ out: 'ready\ncaught\n', exit: 9 })
      expect(folders()).toEqual([])
    })

    it('tells of a command that a signal ended, that is not there, or that may not be run, as a shell does', async () => {
      expect((await kds(...shell('kill -TERM $$'))).exit).toBe(143)
      expect(await kds('sandbox', 'run', '--', 'no-such-command')).toMatchObject({
        exit: 127,
        err: 'error: no-such-command: command not found\n',
      })
      expect((await kds('sandbox', 'run', '--', '/etc/passwd')).exit).toBe(126)
      expect(folders()).toEqual([])
    })

    it.skipIf(!kubectlVersion)(
      'serves kubectl with the nodes of a file and pods that fail as told',
      async () => {
        const nodes = join(place, 'nodes.yaml')
        const node = (name: string) => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n`
        writeFileSync(nodes, `${node('from-a')}---\n${node('from-b')}`)
        const { exit, out } = await kds(...shell('kubectl get nodes -o name', '--from', nodes, '--speed=10'))
        expect({ exit, out }).toEqual({ exit: 0, out: 'node/from-a\nnode/from-b\n' })
      },
    )
  })

  it.each([
    [['--nodes=-1'], /invalid argument "-1" for "--nodes" flag/],
    [['--nodes=cluster.yaml'], /hint: the nodes of a file come with --from FILE/],
    [['--port=99999'], /invalid argument "99999" for "--port" flag/],
    [['--speed=0'], /invalid argument "0" for "--speed" flag/],
    [['--fail=x'], /write IMAGE=image, IMAGE=crash, IMAGE=never-ready or IMAGE=unhealthy/],
    [['--pull-after=3'], /give a duration such as/],
    [['--detach', '--from=-'], /reads standard input/],
  ])('refuses %s', async (flags, words) => {
    const { err, exit } = await kds('sandbox', 'start', ...flags)
    expect(err).toMatch(words)
    expect(exit).toBe(1)
  })

  it('says what is wrong with a port that is taken, in the background too', async () => {
    await kds('sandbox', 'start', '-d')
    const [port] = await portsOf()
    for (const flags of [[], ['-d']]) {
      const { err, exit } = await kds('sandbox', 'start', `--port=${port}`, ...flags)
      expect(err).toMatch(/cannot listen on port \d+: something else listens there/)
      expect(exit).toBe(1)
    }
    expect(folders()).toHaveLength(1)
  })
})
