import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeChange } from '#controller/changes/node-change.ts'
import { planChanges } from '#controller/changes/plan-changes.ts'
import { presentState } from '#controller/changes/present-state.ts'
import type { DaemonPod, NodeState } from '#controller/daemon-pod.ts'
import { isAvailable, isFinished } from '#controller/daemon-pod.ts'
import { newDaemonPod } from '#controller/new-pod.ts'
import { shuffled } from '#controller/simulate/shuffle.ts'
import type { SimulateInput } from '#controller/simulate/start.ts'
import { startOf } from '#controller/simulate/start.ts'
import { allNodes, syncPods } from '#controller/sync-pods.ts'
import type { PodRules } from '#controller/update-strategy.ts'
import { isUpdated } from '#controller/update-strategy.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { startCluster } from '#sandbox/cluster.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import type { Store } from '#sandbox/store/store.ts'
import { manualClock } from '../helpers/manual-clock.ts'
import { runs } from '../helpers/random-cases.ts'
import {
  clusterOf,
  generationAnnotation,
  hashLabel,
  names,
  scenario,
  start,
  type World,
} from './any-world.ts'

/** The DaemonSet's pods on each node; one made on the way has no name of its own. */
type Pods = Readonly<Record<string, readonly string[]>>

const podText = (name: string, deleting: boolean, facts = '') =>
  `${/^p\d+$/.test(name) ? name : 'new'}${deleting ? ' terminating' : ''}${facts}`

function byNode(pods: readonly (readonly [node: string, text: string])[]): Pods {
  const found: Record<string, string[]> = {}
  for (const [node, text] of pods) found[node] = [...(found[node] ?? []), text].sort()
  return found
}

const podsOn = (
  nodes: readonly NodeState[],
  textOf = (pod: DaemonPod) => podText(pod.name, pod.deleting),
): Pods => byNode(nodes.flatMap((node) => node.pods.map((pod) => [node.name, textOf(pod)] as const)))

/** What a reader of the end looks at: one that is on its way out for good says no more than that. */
const endText = (rules: PodRules) => (pod: DaemonPod) =>
  podText(
    pod.name,
    pod.deleting,
    pod.deleting
      ? ''
      : `${isUpdated(pod, rules) ? ' updated' : ' old'}${isAvailable(pod, 0, rules.now) ? ' available' : ''}`,
  )

/** The pods after the first sync as the plan reads the cluster. */
function planned({ current, next, nodes, pods, revisions }: World): Pods {
  const state = presentState({ daemonSet: next, current, nodes, pods, revisions, now: start })
  for (const change of syncPods(allNodes(state.nodes), state.rules, new Map()).changes) {
    const { node } = change
    if (!('pod' in change)) node.pods.push(newDaemonPod(state.rules))
    else {
      const { pod } = change
      node.pods = node.pods.filter((one) => one !== pod)
      if (!isFinished(pod)) node.pods.push({ ...pod, deleting: true })
    }
  }
  return podsOn(state.nodes)
}

const simulateInput = (world: World, nodes: readonly Node[], seed: number): SimulateInput => ({
  daemonSet: world.next,
  current: world.current,
  nodes,
  pods: world.pods,
  revisions: world.revisions,
  now: start,
  seed,
  readyAfterSeconds: 0.4,
  terminateAfterSeconds: 0.2,
})

const mostTasks = 20_000

/** The world in a sandbox, on a clock that allows so many tasks and tells of each that was done. */
class SandboxRun {
  readonly #clock = manualClock(start)
  readonly #store: Store
  #tasks = 0
  #first: Pods | undefined

  constructor({ current, next, nodes, pods, revisions }: World) {
    const manual = this.#clock
    const clock = {
      ...manual,
      schedule: (delay: number, task: () => void) =>
        manual.schedule(delay, () => {
          if (++this.#tasks > mostTasks) throw new Error('the sandbox does not come to rest')
          task()
          this.#look()
        }),
    }
    let made = 0
    const { store, registry } = startCluster({
      clock,
      names: { ...names, uid: () => `uid-${++made}`, suffix: () => `s${++made}` },
      objects: [current, ...nodes, ...pods, ...revisions].map((one, at) =>
        at > nodes.length && at <= nodes.length + pods.length
          ? { apiVersion: 'v1', kind: 'Pod', ...one }
          : one,
      ),
      behaviour: {},
      logCapacity: 10,
      eventCapacity: 10,
    })
    this.#store = store
    registry.update(
      types.daemonSets,
      'default',
      'a',
      (old) => ({ ...old, spec: next.spec as unknown as JsonObject }),
      { manager: 'test' },
    )
  }

  get #daemonSet(): DaemonSet {
    return this.#store.get(types.daemonSets, 'default', 'a') as DaemonSet
  }

  get status() {
    return this.#daemonSet.status ?? {}
  }

  /** The first sync is the one that notes the generation. */
  #look(): void {
    if (this.#first || this.status.observedGeneration !== this.#daemonSet.metadata?.generation) return
    this.#first = this.pods(({ metadata }) =>
      podText(metadata?.name ?? '', Boolean(metadata?.deletionTimestamp)),
    )
  }

  pods(textOf: (pod: Pod) => string): Pods {
    const own = [...podsOf(this.#store).values()].filter(
      ({ metadata }) => metadata.ownerReferences?.[0]?.uid === 'ds' && metadata.labels?.app === 'a',
    )
    return byNode(own.map((pod) => [targetOf(pod), textOf(pod)] as const))
  }

  afterFirstSync(): Pods {
    this.#clock.advance(0)
    return this.#first ?? {}
  }

  end(): Pods {
    this.#clock.advance(600_000)
    const hash = [...this.#store.collection(types.controllerRevisions).values()]
      .sort((a, b) => Number(b.revision) - Number(a.revision))
      .map(({ metadata }) => metadata.labels?.[hashLabel])[0]
    const generation = this.#daemonSet.metadata?.annotations?.[generationAnnotation]
    return this.pods(({ metadata, status }) => {
      const labels = metadata?.labels ?? {}
      const updated = labels[hashLabel] === hash || labels['pod-template-generation'] === generation
      const available = status?.conditions?.some((one) => one?.type === 'Ready' && one.status === 'True')
      const deleting = Boolean(metadata?.deletionTimestamp)
      const facts = `${updated ? ' updated' : ' old'}${available ? ' available' : ''}`
      return podText(metadata?.name ?? '', deleting, deleting ? '' : facts)
    })
  }
}

function targetOf(pod: Pod): string {
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return pod.spec?.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0] ?? ''
}

/** The pods that a change leaves on its node in the end; one that finds no room may have old ones beside it. */
function saidBy({ change, pods }: NodeChange, present: readonly string[]): readonly string[] {
  const kept = present.filter((text) => pods.some((name) => text.startsWith(`${name} `)))
  const made = present.filter((text) => text.startsWith('new'))
  switch (change) {
    case 'gain':
    case 'replace':
      return ['new updated available']
    case 'lose':
    case 'none':
      return []
    case 'unplaceable':
      return made.length === 1 && made[0] === 'new updated' ? present : ['new updated']
    default:
      return kept.slice(0, 1)
  }
}

describe('one model', () => {
  it('plan, simulation and sandbox have the same pods after one sync', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = clusterOf(given)
        const inOrder = { ...world, nodes: shuffled(world.nodes, given.seed) }
        const sandbox = new SandboxRun(inOrder).afterFirstSync()
        expect(planned(inOrder)).toEqual(sandbox)
        const { rollout } = startOf(simulateInput(world, world.nodes, given.seed))
        rollout.sync()
        expect(podsOn(rollout.nodes)).toEqual(sandbox)
      }),
      runs(300),
    )
  })

  it('simulation and sandbox end alike, and as the plan says where nothing holds them up', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const world = clusterOf(given)
        const inOrder = { ...world, nodes: shuffled(world.nodes, given.seed) }
        const run = new SandboxRun(inOrder)
        const sandbox = run.end()
        const { rollout, rules } = startOf(simulateInput(world, world.nodes, given.seed))
        rollout.run(10 * (world.nodes.length + world.pods.length + 1))
        const simulated = podsOn(rollout.nodes, endText({ ...rules, now: start + 600_000 }))
        expect(simulated).toEqual(sandbox)
        expect(rollout.counters).toMatchObject({
          desired: run.status.desiredNumberScheduled,
          updated: run.status.updatedNumberScheduled ?? 0,
          available: run.status.numberAvailable ?? 0,
          misscheduled: run.status.numberMisscheduled,
        })
        const plan = planChanges({
          ...inOrder,
          daemonSet: world.next,
          daemonSets: [world.current],
          now: start,
        })
        for (const change of plan.changes) {
          const node = rollout.nodes.find((one) => one.name === change.node)
          const isUnplaceable = node?.pods.some((pod) => pod.blocked?.cause === 'unplaceable')
          if (!rules.onDelete && node?.phase !== 'settled' && !isUnplaceable) continue
          // The plan takes every kubelet for one that answers.
          if (node?.notReady !== undefined) continue
          const present = (sandbox[change.node] ?? []).filter((text) => !text.includes('terminating'))
          expect({ ...change, present }).toEqual({ ...change, present: saidBy(change, present) })
        }
      }),
      runs(300),
    )
  })
})
