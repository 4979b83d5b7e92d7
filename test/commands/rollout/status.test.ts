import { describe, expect, it } from 'vitest'
import { kubectlVersion } from '../../helpers/kubectl.ts'
import { until } from '../../helpers/live-world.ts'
import { TerminalScreen } from '../../helpers/terminal-screen.ts'
import { scenes } from './scenes.ts'

describe.skipIf(!kubectlVersion)(
  `roll-out status beyond kubectl${kubectlVersion ? '' : ': skipped, there is no kubectl to set the scenes'}`,
  () => {
    const { backedOff, create, daemonSet, patch, running, scene, setImage, settled, status, stuck } = scenes()

    describe('status on a terminal', () => {
      it('draws in place, never wider than the terminal, and leaves the last line alone', async () => {
        await running()
        // Slow enough to be seen on any machine; once it was seen it may go on.
        const minReady = (minReadySeconds: number) => patch({ minReadySeconds })
        await minReady(6000)
        await setImage('registry.example.com/a-very-long/repository/name/of/an/image/nginx:alpine')
        const screen = new TerminalScreen(80)
        let hurried: Promise<unknown> | undefined
        const drawn = /^[█░]+ {2}\d\/6 updated, \d available {2}\d+s/m
        const { exit, err } = await status('', {
          terminal: 80,
          watch: (text) => {
            screen.write(text)
            if (drawn.test(screen.text)) hurried ??= minReady(0)
          },
        })
        await hurried
        expect(exit).toBe(0)
        expect(err).toMatch(/^(\d nodes? in \d+s, never fewer than \d available, no restarts\n)?$/)
        expect(screen.broken).toEqual([])
        expect(hurried).toBeDefined()
        expect(screen.text).toBe('daemon set "example-daemonset" successfully rolled out')
      })

      it('names what holds it back, and ends a wait with kubectl’s words', async () => {
        await stuck()
        const screen = new TerminalScreen(80)
        let explained = ''
        const tooWide: string[] = []
        let timeIsUp = () => {}
        const timeUp = new Promise<void>((resolve) => {
          timeIsUp = resolve
        })
        const { exit, err } = await status(' --timeout=3s', {
          terminal: 80,
          watch: (text) => {
            const known = screen.broken.length
            screen.write(text)
            // kubectl's own line may be longer than the terminal; what is drawn in place never is.
            if (text.includes('[?2026h')) tooWide.push(...screen.broken.slice(known))
            if (!/the roll-out cannot finish: new pods fail/.test(screen.text)) return
            explained = screen.text
            timeIsUp()
          },
          sleepUntil: (ms) => (ms === 3000 ? timeUp : undefined),
        })
        expect(exit).toBe(1)
        expect(err).toMatch(
          /^Warning: the roll-out cannot finish.*\n {2}ImagePullBackOff: 1 new pod on node-/,
        )
        expect(err).toMatch(/^error: timed out waiting for the condition$/m)
        expect(explained).toMatch(/ImagePullBackOff: 1 new pod on node-\d/)
        expect(tooWide).toEqual([])
      })

      it('ends at Ctrl-C with 130 and no half line', async () => {
        await stuck()
        const controller = new AbortController()
        const screen = new TerminalScreen(80)
        const { exit, out } = await status('', {
          terminal: 80,
          signal: controller.signal,
          watch: (text) => {
            screen.write(text)
            if (/ImagePullBackOff/.test(screen.text)) controller.abort(new Error('interrupted'))
          },
        })
        expect(exit).toBe(130)
        expect(out.endsWith('\n')).toBe(true)
        expect(screen.text).toMatch(
          /^Waiting for daemon set "example-daemonset" rollout to finish: .*\.\.\.\nWarning: .*\n {2}Image/,
        )
      })
    })

    it('ends at Ctrl-C on a pipe, too', async () => {
      await running()
      await setImage('nginx:bad')
      const controller = new AbortController()
      const { exit, err } = await status('', {
        signal: controller.signal,
        watch: () => controller.abort(new Error('interrupted')),
      })
      expect({ exit, err }).toEqual({ exit: 130, err: '' })
    })

    describe('status by exit code', () => {
      const code = async (line: string) => (await status(` ${line}`)).exit

      it('0 for done, 2 for under way, 3 for a failing release, 124 for a time that is up', async () => {
        await running()
        expect(await code('--detailed-exitcode')).toBe(0)
        await setImage('nginx:stable')
        expect(await code('--timeout=-1s')).toBe(0)
        await patch({ minReadySeconds: 600 })
        await setImage('nginx:alpine')
        expect(await code('--detailed-exitcode --watch=false')).toBe(2)
        expect(await code('--detailed-exitcode --timeout=200ms')).toBe(124)
        expect(await code('--timeout=200ms')).toBe(1)
        await setImage('nginx:bad')
        await patch({ minReadySeconds: 0 })
        await until(async () => (await code('--detailed-exitcode --watch=false')) === 3)
      })

      it('4 when nodes alone hold it: there is no room', async () => {
        await running()
        await scene('set', 'resources', 'ds/example-daemonset', '--requests=cpu=1000')
        await until(async () => (await code('--detailed-exitcode --watch=false')) === 4)
        const { err } = await status(' --watch=false')
        expect(err).toMatch(
          /^Warning: the roll-out is blocked by nodes.*\n {2}Unschedulable: 1 new pod on node-/,
        )
      })

      it('5 when no node takes it, with a warning', async () => {
        await create()
        await patch({ template: { spec: { nodeSelector: { no: 'node' } } } })
        await until(() => daemonSet()?.status?.desiredNumberScheduled === 0)
        const { exit, err } = await status(' --detailed-exitcode')
        expect(exit).toBe(5)
        expect(err).toMatch(/Warning: no node matches daemon set "example-daemonset": 0 pods/)
      })
    })

    it('gives events a line each with -o json', async () => {
      await running()
      await setImage('nginx:alpine')
      const { out, exit } = await status(' -o json')
      const events = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(exit).toBe(0)
      expect(new Set(events.map((event) => `${event.apiVersion} ${event.kind}`))).toEqual(
        new Set(['kds/v1 RolloutStatus', 'kds/v1 RolloutSummary']),
      )
      expect(events.at(-2)).toMatchObject({ state: 'done', desired: 6, updated: 6, available: 6 })
      expect(events.at(-1)).toMatchObject({
        nodes: expect.any(Number),
        fewestAvailable: 5,
        restarts: [],
      })
    })

    it('follows several together, and fails fast for the one that cannot finish', async () => {
      await create()
      await create('other')
      await settled()
      await setImage('nginx:bad')
      await backedOff()
      const { out, err, exit } = await status(' ds/other --fail-fast')
      expect(exit).toBe(1)
      expect(out).toContain('daemon set "other" successfully rolled out\n')
      expect(err).toMatch(
        /error: daemon set "example-daemonset" does not roll out: the budget of 1 is used up by /,
      )
    })

    it('ends after --progress-timeout, whatever becomes ready now and then', async () => {
      await stuck()
      const { err, exit } = await status(' --progress-timeout=1s')
      expect(exit).toBe(1)
      expect(err).toMatch(/^error: no progress of daemon set "example-daemonset" for 1 seconds$/m)
      const detailed = await status(' --progress-timeout=1s --detailed-exitcode')
      expect(detailed.exit).toBe(124)
    })

    it('stays for --settle, and fails when pods restart then', async () => {
      await running()
      expect(await status(' --settle=1s')).toMatchObject({ exit: 0, err: '' })
    })

    it('ends when the DaemonSet is deleted meanwhile', async () => {
      await running()
      await setImage('nginx:bad')
      const waiting = status('', {
        watch: () => void scene('delete', 'ds', 'example-daemonset'),
      })
      expect(await waiting).toMatchObject({ exit: 1, err: 'error: object has been deleted\n' })
    })

    it('follows OnDelete with --on-delete', async () => {
      await running()
      await patch({ updateStrategy: { type: 'OnDelete', rollingUpdate: null } })
      await setImage('nginx:alpine')
      const waiting = status(' --on-delete')
      await scene('delete', 'pods', '--all', '--now')
      expect(await waiting).toMatchObject({ exit: 0 })
    })
  },
)
