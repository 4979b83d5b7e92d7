import { beforeEach, describe, expect, it } from 'vitest'
import { kubectlVersion } from '../../helpers/kubectl.ts'
import { scenes } from './scenes.ts'

describe.skipIf(!kubectlVersion)(
  `roll-out commands beyond kubectl${kubectlVersion ? '' : ': skipped, there is no kubectl to set the scenes'}`,
  () => {
    const { create, daemonSet, image, kds, namespace, rollout, running, twoRevisions } = scenes()

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
          err: `daemonset.apps/example-daemonset is the only DaemonSet in the namespace ${namespace()}\nrolled back to revision 1 (now revision 3)\n`,
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

    it.each(['pause', 'resume'])('%s says where it finds none', async (verb) => {
      await running()
      expect(await rollout(`${verb} ds -l app=none`)).toEqual({
        out: '',
        err: `No resources found in ${namespace()} namespace.\n`,
        exit: 0,
      })
    })

    it('knows the namespaces that have one', async () => {
      await create('only-here')
      const { err } = await kds(['rollout', 'history', 'only-here', '-n', 'default'])
      expect(err).toBe(
        `Error from server (NotFound): daemonsets.apps "only-here" not found\nhint: namespace ${namespace()} has one: add -n ${namespace()}\n`,
      )
    })
  },
)
