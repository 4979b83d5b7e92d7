import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KdsError } from '#base/errors.ts'
import type { LiveHost } from '#cluster/host.ts'
import { connect } from '#cluster/live/connect.ts'
import { controllerRevisions, daemonSets } from '#cluster/resources.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { restart } from '#rollout/restart.ts'
import { readStates } from '#rollout/states.ts'
import { followRollout } from '#rollout/status.ts'
import { resolveTargets } from '#rollout/targets.ts'
import { applyUndo, planUndo } from '#rollout/undo.ts'
import type { FaultKind } from '#sandbox/faults/faults.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { statusLine } from '#views/status/status.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const host = (kubeconfig: string): LiveHost => ({
  env: { KUBECONFIG: kubeconfig },
  cwd: '/',
  version: 'test',
  stdinIsTerminal: false,
  random: () => 0.5,
  clock: {
    now: () => Date.now(),
    sleep: async (ms, signal) => void (await sleep(ms / 20, undefined, signal ? { signal } : {})),
  },
})

const name = { name: 'a', namespace: 'default' }
const daemonSet: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
  },
}

async function opened(nodes: number, faults = false) {
  const sandbox = await startSandbox({ nodes, speed: 50, faults })
  const path = join(temporaryFolder(), 'config')
  writeFileSync(path, sandbox.kubeconfig)
  const { cluster } = await connect({ kubeconfig: path, 'request-timeout': '2s' }, host(path))
  const clock = host(path).clock
  const lines = async (options: object = {}, each: (line: number) => void = () => {}) => {
    const shown: string[] = []
    for await (const one of followRollout(cluster, name, { clock, ...options })) {
      shown.push(statusLine('a', one.judgement))
      each(shown.length)
    }
    return shown
  }
  const setImage = (image: string) =>
    cluster.patch(daemonSets, name, {
      type: 'strategic',
      body: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } },
    })
  const now = () => cluster.get(daemonSets, name)
  const history = async () => loadHistory(cluster, await now())
  return { sandbox, cluster, lines, setImage, now, history }
}

type World = Awaited<ReturnType<typeof opened>>
const imageOf = (one: DaemonSet) => one.spec?.template?.spec?.containers?.[0]?.image

describe('a roll-out on the sandbox', () => {
  let world: World
  beforeAll(async () => {
    world = await opened(4)
    await world.cluster.create(daemonSets, daemonSet)
  })
  afterAll(async () => {
    world.cluster.close()
    await world.sandbox.close()
  })

  it('is followed to its end', async () => {
    const { lines, setImage } = world
    expect((await lines()).at(-1)).toBe('daemon set "a" successfully rolled out')
    await setImage('nginx:2')
    const shown = await lines()
    expect(shown.at(-1)).toBe('daemon set "a" successfully rolled out')
    expect(shown.length).toBeGreaterThan(4)
  })

  it('is followed over cut watches and a forgotten history', async () => {
    const { sandbox, lines, setImage } = world
    await setImage('nginx:3')
    const breaking = (line: number) => {
      if (line % 3 === 0) sandbox.control.compact()
      sandbox.control.cutWatches()
    }
    expect((await lines({}, breaking)).at(-1)).toBe('daemon set "a" successfully rolled out')
  })

  it('is told with its history, undone, and undone again', async () => {
    const { cluster, now, history, lines } = world
    expect((await history()).map((one) => [one.revision, one.images, one.current])).toEqual([
      [1, ['nginx:1'], false],
      [2, ['nginx:2'], false],
      [3, ['nginx:3'], true],
    ])
    const plan = planUndo(await now(), await history(), 1)
    await applyUndo(cluster, plan, { changeCause: 'back to one', fieldManager: 'kds-rollout' })
    await lines()
    const after = await history()
    expect(after.map((one) => [one.revision, one.images, one.current, one.changeCause])).toEqual([
      [2, ['nginx:2'], false, ''],
      [3, ['nginx:3'], false, ''],
      [plan.newRevision, ['nginx:1'], true, 'back to one'],
    ])
    expect(planUndo(await now(), after, plan.newRevision).skipped).toBe(true)
    await lines({ revision: plan.newRevision })
    await expect(lines({ revision: 2 })).rejects.toThrow('revision 2 is not the one that is rolled out')
  })

  it('is restarted', async () => {
    const { cluster, now, lines } = world
    await restart(cluster, await now(), { now: Date.UTC(2026, 0, 1), offsetMinutes: 0 })
    expect((await lines()).length).toBeGreaterThan(1)
    expect((await now()).spec?.template?.metadata?.annotations).toMatchObject({
      'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z',
    })
  })

  it('that cannot pull its image is told as the fault of the release', async () => {
    const { cluster, setImage, now } = world
    await setImage('nginx:bad')
    const look = async () => (await readStates(cluster, [await now()], { now: Date.now() }))[0]
    while ((await look())?.health !== 'release');
    const state = await look()
    expect(state?.holds[0]).toMatchObject({ side: 'release', cause: 'image', updated: true, stuck: true })
    expect(state?.rolledOut.images).toEqual(['nginx:bad'])
  })

  it('in a namespace that is not there', async () => {
    const { errors } = await resolveTargets(
      world.cluster,
      { kind: 'names', names: ['a'] },
      { namespace: 'nope' },
    )
    expect(errors[0]?.message).toBe('Error from server (NotFound): namespaces "nope" not found')
  })
})

const kinds: FaultKind[] = [
  'latency',
  'too-many-requests',
  'internal-error',
  'unavailable',
  'drop',
  'conflict',
  'unauthorized',
  'watch-cut',
  'watch-expired',
]
const steps = [1, 2, 3, 4, 5, 6]

describe(`faults: ${kinds.length} kinds at ${steps.length} steps of an undo, ${kinds.length * steps.length} cases`, () => {
  let world: World
  let sandbox: Sandbox
  beforeAll(async () => {
    world = await opened(2, true)
    sandbox = world.sandbox
    await world.cluster.create(daemonSets, daemonSet)
    await world.lines()
    await world.setImage('nginx:2')
    await world.lines()
  })
  afterAll(async () => {
    world.cluster.close()
    await sandbox.close()
  })

  it.each(kinds.flatMap((kind) => steps.map((step) => [kind, step] as const)))(
    '%s at step %d',
    async (kind, step) => {
      const { cluster, now, history, lines } = world
      const before = await now()
      sandbox.control.setFaults([{ kind, after: step - 1, times: 1, milliseconds: 20, retryAfterSeconds: 1 }])
      let failure: unknown
      try {
        const one = await now()
        await applyUndo(cluster, planUndo(one, await history()), { changeCause: 'x' })
        await lines()
      } catch (error) {
        failure = error
      }
      sandbox.control.setFaults([])
      const after = await now()
      const done = imageOf(after) !== imageOf(before)
      expect((after.metadata?.generation ?? 0) - (before.metadata?.generation ?? 0)).toBe(done ? 1 : 0)
      if (failure) {
        expect(failure).toBeInstanceOf(KdsError)
        expect((failure as KdsError).message.split('\n').length).toBe(1)
      } else expect(done).toBe(true)
      await lines()
      const { items } = await cluster.list(controllerRevisions, { namespace: 'default' })
      expect(items.length).toBe(2)
    },
  )
})
