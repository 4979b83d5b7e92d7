import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { resourceTypes } from '#sandbox/api/resources.ts'
import { runningClock } from '#sandbox/clock.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { holdableTimers } from '../../helpers/holdable-timers.ts'
import { exampleDaemonSet, type Kubectl, kubectlFor, kubectlVersion } from '../../helpers/kubectl.ts'
import { type LiveOptions, liveKds, until } from '../../helpers/live-world.ts'
import { TerminalScreen } from '../../helpers/terminal-screen.ts'

describe.skipIf(!kubectlVersion)(
  `roll-out commands beyond kubectl${kubectlVersion ? '' : ': skipped, there is no kubectl to set the scenes'}`,
  () => {
    let sandbox: Sandbox
    let kubectl: Kubectl
    let namespace = ''
    let count = 0
    const timers = holdableTimers()

    const daemonSet = (name = 'example-daemonset') => {
      const type = resourceTypes.find((one) => one.plural === 'daemonsets')
      return (type && sandbox.control.store.collection(type).get(`${namespace}/${name}`)) as
        | DaemonSet
        | undefined
    }
    const image = () => daemonSet()?.spec?.template?.spec?.containers?.[0]?.image
    const settled = () =>
      until(() => {
        const { metadata, status } = daemonSet() ?? {}
        return (
          status?.observedGeneration === metadata?.generation &&
          status?.updatedNumberScheduled === status?.desiredNumberScheduled &&
          (status?.numberAvailable ?? 0) === status?.desiredNumberScheduled
        )
      })
    const scene = (...argv: readonly string[]) => kubectl.run([...argv, '-n', namespace])
    const create = (name = 'example-daemonset') =>
      scene('create', '-f', kubectl.file('ds.yaml', exampleDaemonSet.replaceAll('example-daemonset', name)))
    const setImage = (value: string) =>
      scene('set', 'image', 'ds/example-daemonset', `example-container=${value}`)
    const patch = (spec: object) => scene('patch', 'ds/example-daemonset', '-p', JSON.stringify({ spec }))
    const kds = (argv: readonly string[], options: Partial<LiveOptions> = {}) =>
      liveKds(argv, { kubeconfig: join(kubectl.folder, 'config'), ...options })
    const rollout = (line: string, options: Partial<LiveOptions> = {}) =>
      kds(['rollout', ...line.split(' '), '-n', namespace], options)
    /** The exit codes and words of `rollout status`. */
    const status = (flags = '', options: Partial<LiveOptions> = {}) =>
      rollout(`status ds/example-daemonset${flags}`, options)

    const waitingReasons = () => {
      const type = resourceTypes.find((one) => one.plural === 'pods')
      const pods = type ? ([...sandbox.control.store.collection(type).values()] as Pod[]) : []
      return pods
        .filter(({ metadata }) => metadata?.namespace === namespace)
        .flatMap(({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason ?? [])
    }
    /** The new pod's image could not be pulled, and until the test has ended nobody tries again. */
    const backedOff = async () => {
      await until(() => waitingReasons().includes('ImagePullBackOff'))
      timers.hold()
    }

    const running = async () => {
      await create()
      await settled()
    }
    const twoRevisions = async () => {
      await running()
      await setImage('nginx:alpine')
      await settled()
    }
    /** A roll-out that cannot finish. */
    const stuck = async () => {
      await running()
      await setImage('nginx:bad')
      await backedOff()
    }

    beforeAll(async () => {
      sandbox = await startSandbox({ objects: simulatedNodes(6), clock: runningClock(10, timers) })
      kubectl = kubectlFor(sandbox)
    })
    beforeEach(async () => {
      count += 1
      namespace = `case-${count}`
      await kubectl.run(['create', 'namespace', namespace])
    })
    afterEach(() => timers.letGo())
    afterAll(async () => {
      await sandbox.close()
    })

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

    describe('history', () => {
      beforeEach(twoRevisions)

      it('shows revisions wide, with the current one marked', async () => {
        const { out } = await rollout('history ds/example-daemonset -o wide')
        expect(out).toMatch(/^REVISION {3}CURRENT {3}HASH +AGE +PODS +IMAGES +CHANGE-CAUSE$/m)
        // The sandbox's clock runs ahead: ages mean nothing here.
        expect(out).toMatch(/^2 +\* +\w+ +\S+ +6\/6 +nginx:alpine +<none>$/m)
      })

      it.each(['--diff', '--diff=1..2', '--diff 1..2', '--diff=1', '--diff=1..'])(
        'compares with %s',
        async (flag) => {
          const { out, exit } = await rollout(`history ds/example-daemonset ${flag}`)
          expect(exit).toBe(0)
          expect(out).toMatch(/^daemonset\.apps\/example-daemonset revision 1 -> revision 2$/m)
          expect(out).toMatch(/^~ .*containers\[.*\]\.image: nginx:latest -> nginx:alpine$/m)
          expect(out).toMatch(/^-.*image: nginx:latest$/m)
          expect(out).toMatch(/^\+.*image: nginx:alpine$/m)
        },
      )

      it('prints one valid document', async () => {
        await create('other')
        const one = JSON.parse((await rollout('history ds/example-daemonset -o json')).out)
        expect(one).toMatchObject({
          kind: 'RolloutHistory',
          items: [{ revision: 1 }, { revision: 2, current: true }],
        })
        expect(JSON.parse((await rollout('history ds -o json')).out)).toMatchObject({
          kind: 'RolloutHistoryList',
        })
      })
    })

    describe('undo', () => {
      beforeEach(twoRevisions)

      it('shows the difference and asks on a terminal', async () => {
        const { err, exit } = await rollout('undo ds/example-daemonset', { terminal: 80, stdin: 'n\n' })
        expect(exit).toBe(1)
        expect(err).toMatch(/nginx:alpine -> nginx:latest/)
        expect(err).toMatch(/Roll back daemonset\.apps\/example-daemonset to revision 1\? \(y\/N\) /)
        expect(err).toMatch(/undo is cancelled: nothing was changed/)
        expect(image()).toBe('nginx:alpine')
        expect(await rollout('undo ds/example-daemonset', { terminal: 80, stdin: 'y\n' })).toMatchObject({
          out: 'daemonset.apps/example-daemonset rolled back\n',
          exit: 0,
        })
        expect(image()).toBe('nginx:latest')
      })

      it('takes an end of input for a no', async () => {
        expect((await rollout('undo ds/example-daemonset', { terminal: 80 })).exit).toBe(1)
        expect(image()).toBe('nginx:alpine')
      })

      it('does not ask with -y', async () => {
        const { err, exit } = await rollout('undo ds/example-daemonset -y', { terminal: 80 })
        expect({ err, exit }).toEqual({ err: 'rolled back to revision 1 (now revision 3)\n', exit: 0 })
      })

      it('asks nothing and changes nothing when it is interrupted at the question', async () => {
        const controller = new AbortController()
        const { exit } = await rollout('undo ds/example-daemonset', {
          terminal: 80,
          stdinStays: true,
          signal: controller.signal,
          watch: (text) => {
            if (text.includes('(y/N)')) controller.abort(new Error('interrupted'))
          },
        })
        expect(exit).toBe(130)
        expect(image()).toBe('nginx:alpine')
      })

      it('takes the only DaemonSet of the namespace, and says its name', async () => {
        expect(await rollout('undo --to-revision=1')).toEqual({
          out: 'daemonset.apps/example-daemonset rolled back\n',
          err: `daemonset.apps/example-daemonset is the only DaemonSet in the namespace ${namespace}\nrolled back to revision 1 (now revision 3)\n`,
          exit: 0,
        })
      })

      it('lists several on a pipe, and lets one choose on a terminal', async () => {
        await create('other')
        const { err, exit } = await rollout('undo --to-revision=1')
        expect(exit).toBe(1)
        expect(err).toMatch(/required resource not specified: .* has 2 DaemonSets: example-daemonset, other/)
        const chosen = await rollout('undo --to-revision=1', { terminal: 80, stdin: '1\ny\n' })
        expect(chosen).toMatchObject({ out: 'daemonset.apps/example-daemonset rolled back\n', exit: 0 })
      })

      it('records a change cause of choice, and waits', async () => {
        const { out, exit } = await rollout('undo ds/example-daemonset --change-cause=oops --wait')
        expect(exit).toBe(0)
        expect(out).toMatch(
          /rolled back\n(Waiting.*\n)+daemon set "example-daemonset" successfully rolled out\n$/,
        )
        expect((await rollout('history ds/example-daemonset')).out).toMatch(/^3 +oops$/m)
      })
    })

    it('restarts in a dry run, and in every namespace with -A and -l', async () => {
      await running()
      const before = daemonSet()?.metadata?.generation
      expect((await rollout('restart ds/example-daemonset --dry-run=client')).out).toMatch(
        /restarted \(dry run\)$/m,
      )
      expect((await rollout('restart ds/example-daemonset --dry-run=server')).out).toMatch(
        /restarted \(server dry run\)$/m,
      )
      expect(daemonSet()?.metadata?.generation).toBe(before)
      const { out } = await kds(['rollout', 'restart', 'ds', '-A', '-l', 'app=example'])
      expect(out.split('\n').length).toBeGreaterThan(2)
    })

    it('knows the namespaces that have one', async () => {
      await create('only-here')
      const { err } = await kds(['rollout', 'history', 'only-here', '-n', 'default'])
      expect(err).toBe(
        `Error from server (NotFound): daemonsets.apps "only-here" not found\nhint: namespace ${namespace} has one: add -n ${namespace}\n`,
      )
    })
  },
)
