import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import { resourceTypes } from '#sandbox/api/resources.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import {
  exampleDaemonSet,
  type Kubectl,
  kubectlFor,
  kubectlVersion,
  type Run,
} from '../../helpers/kubectl.ts'
import { liveKds, until } from '../../helpers/live-world.ts'

/** kubectl works in one namespace, kds in another, on DaemonSets with the same past. */
const namespaces = ['left', 'right'] as const
type Namespace = (typeof namespaces)[number]

interface World {
  readonly sandbox: Sandbox
  readonly kubectl: Kubectl
  daemonSet(namespace: Namespace): DaemonSet | undefined
  /** kubectl in both namespaces. */
  both(...argv: readonly string[]): Promise<void>
  /** Waits until this holds of the DaemonSet in both. */
  settled(holds: (daemonSet: DaemonSet) => boolean): Promise<void>
}

const status = (daemonSet: DaemonSet) => daemonSet.status ?? {}
const observed = (daemonSet: DaemonSet) =>
  (daemonSet.metadata?.generation ?? 0) <= (status(daemonSet).observedGeneration ?? 0)
const rolledOut = (daemonSet: DaemonSet) =>
  observed(daemonSet) &&
  status(daemonSet).updatedNumberScheduled === status(daemonSet).desiredNumberScheduled &&
  (status(daemonSet).numberAvailable ?? 0) === status(daemonSet).desiredNumberScheduled
const stuck = (daemonSet: DaemonSet) =>
  observed(daemonSet) &&
  status(daemonSet).updatedNumberScheduled === 1 &&
  status(daemonSet).numberUnavailable === 1

const setImage = (image: string) => ['set', 'image', 'ds/example-daemonset', `example-container=${image}`]
const patchStrategy = (strategy: string) => [
  'patch',
  'ds/example-daemonset',
  '-p',
  `{"spec":{"updateStrategy":${strategy}}}`,
]

/** How a DaemonSet came to stand as it does. */
const states: Readonly<Record<string, (world: World, file: string) => Promise<void>>> = {
  'rolled out, one revision': async ({ both, settled }, file) => {
    await both('create', '-f', file)
    await settled(rolledOut)
  },
  'applied, two revisions': async ({ both, settled }, file) => {
    await both('apply', '-f', file)
    await settled(rolledOut)
    await both(...setImage('nginx:alpine'))
    await both('annotate', 'ds/example-daemonset', 'kubernetes.io/change-cause=use alpine')
    await settled(rolledOut)
  },
  'stuck on an image that cannot be pulled': async ({ both, settled }, file) => {
    await both('create', '-f', file)
    await settled(rolledOut)
    await both(...setImage('nginx:bad'))
    await settled(stuck)
  },
  'OnDelete, with a change that waits': async ({ both, settled }, file) => {
    await both('create', '-f', file)
    await settled(rolledOut)
    await both(...patchStrategy('{"type":"OnDelete","rollingUpdate":null}'))
    await both(...setImage('nginx:alpine'))
    await settled(observed)
  },
  'no node takes it': async ({ both, settled }, file) => {
    await both('create', '-f', file)
    await both(
      'patch',
      'ds/example-daemonset',
      '-p',
      '{"spec":{"template":{"spec":{"nodeSelector":{"no":"node"}}}}}',
    )
    await settled((one) => observed(one) && status(one).currentNumberScheduled === 0)
  },
  'five revisions with surge': async ({ both, settled }, file) => {
    await both('create', '-f', file)
    await both(...patchStrategy('{"rollingUpdate":{"maxUnavailable":0,"maxSurge":"100%"}}'))
    for (const image of ['nginx:1', 'nginx:2', 'nginx:3', 'nginx:4']) {
      await both(...setImage(image), '--record')
      await settled(rolledOut)
    }
  },
  'not there': async () => undefined,
}

/** Commands that only look come first: both sides see the same. */
const looks = [
  'status ds/example-daemonset --watch=false',
  'status daemonset example-daemonset -w=false',
  'status daemonset.apps/example-daemonset --timeout=400ms',
  'status daemonsets/example-daemonset --watch=false --timeout 1m',
  'status ds -w=false',
  'history ds/example-daemonset',
  'history daemonset.v1.apps/example-daemonset',
  'history ds/example-daemonset --revision=1',
  'history ds/example-daemonset --revision 2',
  'history ds/example-daemonset --revision=77',
  'history ds/example-daemonset --revision=1 -o yaml',
  'history ds/example-daemonset --revision=1 -o json',
  'history ds/example-daemonset --revision=1 -o Json',
  'history ds/example-daemonset -o name',
  'history ds',
  'undo ds/example-daemonset --dry-run=client',
  'undo ds/example-daemonset --dry-run=server',
  'undo ds/example-daemonset --to-revision=1 --dry-run=client',
  'undo ds/example-daemonset --dry-run=client -o name',
  'undo ds/example-daemonset --to-revision=77',
  'undo ds/example-daemonset --to-revision=-1',
  'pause ds/example-daemonset',
  'resume ds/example-daemonset',
  'restart ds/nope',
  'status ds/example-daemonset ds/nope -w=false',
] as const

/** Commands that change something; each side changes its own. */
const changes = [
  'undo ds/example-daemonset',
  'history ds/example-daemonset',
  'restart ds/example-daemonset',
  'history ds/example-daemonset',
  'undo ds/example-daemonset --to-revision=1',
  'restart ds -l app=example',
] as const

/** Wrong usage: what the cluster holds makes no difference. */
const mistakes = [
  'status',
  'undo ds/a --to-revision=x',
  'undo ds/a --to-revision=9223372036854775808',
  'history ds/a --revision=-3',
  'status ds/a --revision=-3',
  'status ds/a --timeout=5',
  'status ds/a --timeout=5x',
  'status ds/a --nope',
  'status ds/a --watch=perhaps',
  'status ds/a/b',
  'status ds/',
  'status ds ds/a',
  'status ds/a b',
  'history -l app=example',
  'restart ds/a -l app=example',
  'status ds -l a=b=c',
  'undo ds/a --dry-run=perhaps',
  'status unheardof/a',
  'history -f /nonexistent.yaml',
  'history -f a.yaml -k .',
  'history ds/a -f a.yaml',
  'history ds/a -f examples/log-agent.yaml',
  'history ds a -f examples/log-agent.yaml',
  'status ds/a -z',
  'status ds/a -wz',
  'status ds/a -wn',
  'status ds/a ---x',
  'status ds,unheardof a',
  'undo ds/a --to-revision=0o',
  'undo ds/a --to-revision=1__0',
  'undo ds/nope --to-revision=0x_f',
  'restart ds -l app=nothing',
  'status ds -l app=nothing',
] as const

interface Accepted {
  readonly why: string
  /** Takes the difference out of both texts of stderr. */
  readonly err?: (text: string) => string
  readonly out?: (text: string) => string
  /** The situation is another one for kds: this is what it does. */
  readonly instead?: { readonly line: RegExp; readonly err: string; readonly exit: number }
}

const without = (pattern: RegExp) => (text: string) => text.replace(pattern, '')

/** What differs on purpose. The first are improvements that the help names, the others what kubectl 1.36 says by now. */
const accepted: readonly Accepted[] = [
  { why: 'a hint follows an error', err: without(/^hint: .*\n/gm) },
  {
    why: 'an undo tells the new revision number',
    err: without(/^rolled back to revision \d+ \(now revision \d+\)\n/gm),
  },
  { why: 'a status says why it cannot go on', err: without(/^Warning: the roll-out .*\n( {2}.*\n)*/gm) },
  { why: 'a status warns where no node takes it', err: without(/^Warning: no node matches .*\n/gm) },
  {
    why: 'a history says when there is nothing',
    err: without(/^No resources found in NAMESPACE namespace\.\n/gm),
  },
  {
    why: '-l needs no type',
    instead: { line: /^history -l/, err: 'No resources found in NAMESPACE namespace.\n', exit: 0 },
  },
  {
    why: 'a selector is checked before it is sent',
    err: (text) => text.replace(/^Error from server \(BadRequest\): .*: found '='/, "error: found '='"),
  },
  { why: 'the help is that of kds', err: (text) => text.replace(/See 'kubectl/g, "See 'kds") },
  { why: '1.36: warns of kubectl apply', err: without(/^Warning: resource daemonsets\/.*\n/gm) },
  { why: '1.36: a small letter', err: (text) => text.replace(/^Error: /, 'error: ') },
  {
    why: '1.36: no empty creationTimestamp in a template',
    out: without(/^ {6,}"?creationTimestamp"?: ….*\n/gm),
  },
  { why: 'kubectl logs deprecations of its own', err: without(/^[WE]\d{4} .*\n/gm) },
]

const words = (line: string) => line.split(' ')

/** The same words for both sides. */
function alike(run: Run): Run {
  const tidy = (text: string) =>
    text
      .replace(/^( *"?(uid|resourceVersion|creationTimestamp|namespace)"?: ).*$/gm, '$1…')
      .replace(/\b(left|right)\b/g, 'NAMESPACE')
  return {
    out: accepted.reduce((text, { out }) => out?.(text) ?? text, tidy(run.out)),
    err: accepted.reduce((text, { err }) => err?.(text) ?? text, tidy(run.err)),
    exit: run.exit,
  }
}

const perState = looks.length + changes.length
const situations = Object.keys(states).length * perState + mistakes.length
const title = `kds beside kubectl ${kubectlVersion}: ${situations} situations, ${accepted.length} accepted differences: ${accepted.map(({ why }) => why).join('; ')}`

describe.skipIf(!kubectlVersion)(kubectlVersion ? title : 'no kubectl to compare with: skipped', () => {
  let world: World
  let file: string

  beforeAll(async () => {
    const sandbox = await startSandbox({ objects: simulatedNodes(4), speed: 20 })
    const kubectl = kubectlFor(sandbox)
    const type = resourceTypes.find((one) => one.plural === 'daemonsets')
    const daemonSet = (namespace: Namespace) =>
      type &&
      (sandbox.control.store.collection(type).get(`${namespace}/example-daemonset`) as DaemonSet | undefined)
    world = {
      sandbox,
      kubectl,
      daemonSet,
      async both(...argv) {
        await Promise.all(namespaces.map((namespace) => kubectl.run([...argv, '-n', namespace])))
      },
      settled: (holds) =>
        until(() => namespaces.every((namespace) => holds(daemonSet(namespace) ?? ({} as DaemonSet)))),
    }
    file = kubectl.file('ds.yaml', exampleDaemonSet)
    for (const namespace of namespaces) await kubectl.run(['create', 'namespace', namespace])
  }, 60_000)
  afterAll(async () => {
    await world.sandbox.close()
  })

  const compare = async (line: string): Promise<{ line: string; kubectl: Run; kds: Run }> => {
    const { kubectl } = world
    const leftRun = async () => {
      let run = await kubectl.run(['rollout', ...words(line), '-n', 'left'])
      // Its clock is the real one.
      while (run.err.includes('triggered within the past second'))
        run = await kubectl.run(['rollout', ...words(line), '-n', 'left'])
      return run
    }
    const own = line.startsWith('undo') ? ['--change-cause='] : []
    const [left, right] = await Promise.all([
      leftRun(),
      liveKds(['rollout', ...words(line), ...own, '-n', 'right'], {
        kubeconfig: join(kubectl.folder, 'config'),
      }),
    ])
    const instead = accepted.find((one) => one.instead?.line.test(line))?.instead
    const meant = instead ? { out: '', err: instead.err, exit: instead.exit } : left
    return { line, kubectl: alike(meant), kds: alike(right) }
  }

  describe.each(Object.entries(states))('%s', (_, prepare) => {
    beforeAll(async () => {
      await world.both('delete', 'ds', '--all')
      await world.both('delete', 'controllerrevisions,pods', '--all', '--now')
      await prepare(world, file)
    }, 60_000)

    it.each(looks)('%s', async (line) => {
      const { kubectl, kds } = await compare(line)
      expect(kds).toEqual(kubectl)
    })

    it('and what changes it, one after the other', async () => {
      const results: { line: string; kubectl: Run; kds: Run }[] = []
      for (const line of changes) {
        results.push(await compare(line))
        await world.settled((one) => one.metadata === undefined || observed(one))
      }
      expect(results.map(({ line, kds }) => ({ line, ...kds }))).toEqual(
        results.map(({ line, kubectl }) => ({ line, ...kubectl })),
      )
    }, 60_000)
  })

  describe('wrong usage', () => {
    it.each(mistakes)('%s', async (line) => {
      const { kubectl, kds } = await compare(line)
      expect(kds).toEqual(kubectl)
    })
  })
})
