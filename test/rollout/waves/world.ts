import { daemonSets, pods } from '#cluster/resources.ts'
import { hashLabel } from '#controller/daemon-pod.ts'
import { stepMemory } from '#controller/step-memory.ts'
import { templateGeneration } from '#controller/update-strategy.ts'
import type { Gate } from '#controller/waves/decide.ts'
import type { WavesPlan } from '#controller/waves/plan.ts'
import { surveyOf } from '#controller/waves/survey.ts'
import type { DaemonSet, Json, JsonObject, KubeObject, Node, Pod } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { beginWaves } from '#rollout/waves/begin.ts'
import { type DriveOptions, driveWaves } from '#rollout/waves/drive.ts'
import type { WavesEnd, WavesEvent } from '#rollout/waves/events.ts'
import { takeLease } from '#rollout/waves/lease.ts'
import { types } from '#sandbox/api/resources.ts'
import type { BehaviourOptions } from '#sandbox/loops/behaviour.ts'
import { nodesOf, podsOf } from '#sandbox/loops/context.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { SandboxCluster, settled, simulatedCluster, sleepingClock } from '../../helpers/sandbox-cluster.ts'

export const name = { name: 'a', namespace: 'default' }

export interface WorldOptions {
  readonly nodes?: number | readonly Node[]
  readonly strategy?: JsonObject
  readonly behaviour?: BehaviourOptions
  readonly objects?: readonly KubeObject[]
  readonly spec?: JsonObject
  readonly annotations?: JsonObject
}

export const plan = (more: Partial<WavesPlan> = {}): WavesPlan => ({
  canary: { kind: 'count', value: 1 },
  waves: ['50%', '100%'],
  bake: 10_000,
  patience: 600_000,
  onFailure: 'abort',
  evict: true,
  from: { hash: '' },
  templateGeneration: '',
  ...more,
})

/** How long a roll-out of a test may take at most. Milliseconds of its clock. */
const longest = 3 * 3_600_000

/** A DaemonSet `a` that runs everywhere in a simulated cluster, and what can be done with it. */
export async function begun(options: WorldOptions = {}) {
  const { nodes = 4 } = options
  const { clock, simulated } = simulatedCluster({
    objects: [...(typeof nodes === 'number' ? simulatedNodes(nodes) : nodes), ...(options.objects ?? [])],
    behaviour: options.behaviour ?? {},
  })
  const client = () => new SandboxCluster(simulated, clock)
  const observer = client()
  await observer.create(daemonSets, {
    metadata: { ...name, annotations: options.annotations ?? {} },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      ...(options.strategy ? { updateStrategy: options.strategy } : {}),
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'c:1' }] } },
      ...options.spec,
    },
  })
  clock.advance(20_000)
  const read = () =>
    structuredClone(simulated.store.get(types.daemonSets, name.namespace, name.name)) as unknown as DaemonSet
  const podList = () => [...podsOf(simulated.store).values()] as Pod[]

  /** Moves the clock from one thing that happens to the next, until `done`. */
  async function until(done: () => boolean): Promise<void> {
    const end = clock.now() + longest
    while (!done()) {
      for (let turn = 0; turn < 20 && !done(); turn++) await settled()
      if (done()) return
      if (clock.now() > end) throw new Error('it has not come to its end')
      clock.advance(100)
    }
  }

  /** What work comes to, with the clock moved for as long as it takes. */
  async function play<T>(work: Promise<T>): Promise<T> {
    let over = false
    const watched = work.finally(() => {
      over = true
    })
    watched.catch(() => {})
    await until(() => over)
    return watched
  }

  const started: WavesEvent[] = []
  const optionsFor = (holder: string, more: Partial<DriveOptions> = {}): DriveOptions => ({
    clock: sleepingClock(clock),
    signal: new AbortController().signal,
    holder,
    runGate: async (): Promise<Gate> => ({ state: 'passed' }),
    tell: (event) => void started.push(event),
    ...more,
  })

  /** Makes the first write. */
  async function begin(
    image: string,
    more: Partial<WavesPlan> = {},
    { cluster = observer, holder = 'one', changeCause = '', pod = {} as JsonObject } = {},
  ): Promise<DaemonSet> {
    const daemonSet = await cluster.get(daemonSets, name)
    const history = await loadHistory(cluster, daemonSet)
    const current = history.find((one) => one.current)
    const cause = daemonSet.metadata?.annotations?.['kubernetes.io/change-cause']
    return beginWaves(
      cluster,
      {
        daemonSet,
        change: { spec: { template: { spec: { containers: [{ name: 'c', image }], ...pod } } } },
        changeCause,
        record: {
          plan: plan({
            from: { hash: current?.hash ?? '', ...(cause ? { changeCause: cause } : {}) },
            templateGeneration: String(BigInt(templateGeneration(daemonSet) ?? '0') + 1n),
            ...more,
          }),
          strategy: daemonSet.spec?.updateStrategy ?? {},
          state: {
            wave: 0,
            phase: 'updating',
            since: clock.now(),
            restarts: 0,
            lease: { holder, renewed: clock.now() },
          },
        },
      },
      { pause: async () => undefined },
    )
  }

  async function drive(more: Partial<DriveOptions> = {}, cluster = observer): Promise<WavesEnd> {
    return driveWaves(cluster, read(), optionsFor('one', more))
  }

  /** What somebody does who comes later: takes the lease once it may, and goes on. */
  async function resume(
    holder: string,
    more: Partial<DriveOptions> = {},
    cluster = client(),
  ): Promise<WavesEnd | undefined> {
    const driving = optionsFor(holder, { resume: true, ...more })
    const taken = await takeLease(cluster, name, { ...driving, holder })
    return taken && driveWaves(cluster, taken, driving)
  }

  const images = () =>
    podList()
      .filter((pod) => !pod.metadata?.deletionTimestamp)
      .map((pod) => `${pod.spec?.nodeName} ${pod.spec?.containers?.[0]?.image}`)
      .sort()
  return {
    clock,
    simulated,
    client,
    observer,
    read,
    pods: podList,
    nodes: () => [...nodesOf(simulated.store).values()] as Node[],
    images,
    until,
    play,
    begin,
    drive,
    resume,
    optionsFor,
    events: started,
    /** How many nodes that should run a pod are without an available one. */
    down() {
      const memory = stepMemory()
      const survey = surveyOf({
        daemonSet: read(),
        plan: {},
        strategy: {},
        nodes: [...nodesOf(simulated.store).values()] as Node[],
        pods: podList(),
        target: '',
        now: clock.now(),
        memory,
      })
      return survey.nodes.length - survey.available
    },
  }
}

export type World = Awaited<ReturnType<typeof begun>>

/** All of a DaemonSet that a roll-out may not change, and what it may, told apart. */
export function remains(daemonSet: DaemonSet): Json {
  const { annotations, labels } = daemonSet.metadata ?? {}
  const { template, ...spec } = daemonSet.spec ?? {}
  const { 'deprecated.daemonset.template.generation': _, ...own } = annotations ?? {}
  return JSON.parse(
    JSON.stringify({ annotations: own, labels, spec, image: template?.spec?.containers?.[0]?.image }),
  )
}

export { hashLabel, pods }
