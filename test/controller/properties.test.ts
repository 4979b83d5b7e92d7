import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shuffled } from '#controller/simulate/shuffle.ts'
import { simulate } from '#controller/simulate/simulate.ts'
import type { DaemonSetUpdateStrategy, Node, Pod } from '#kube/types.ts'
import { runs } from '../helpers/random-cases.ts'
import { Cluster } from './cluster.ts'

const hashLabel = 'controller-revision-hash'
const start = Date.parse('2026-01-01T00:00:00Z')
const second = 1000

const limit = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
)
const strategy: fc.Arbitrary<DaemonSetUpdateStrategy> = fc.oneof(
  limit.map((maxUnavailable) => ({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge: 0 } })),
  limit.map((maxSurge) => ({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge } })),
)
const nodeKind = fc.constantFrom('free', 'free', 'free', 'free', 'labelled', 'NoSchedule', 'NoExecute')
const change = fc.record({
  image: fc.integer({ min: 1, max: 4 }),
  selects: fc.constantFrom('all', 'all', 'tolerant', 'labelled'),
  strategy: fc.option(strategy, { nil: undefined }),
  /** How many moments pass before the next change. */
  moments: fc.integer({ min: 0, max: 12 }),
})
const scenario = fc.record({
  nodes: fc.array(nodeKind, { minLength: 0, maxLength: 12 }),
  strategy,
  minReadySeconds: fc.constantFrom(0, 0, 3),
  readyAfter: fc.integer({ min: 0, max: 3 }),
  goneAfter: fc.integer({ min: 0, max: 2 }),
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  seed: fc.nat(),
})

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

const nodeOf = (kind: string, index: number): Node => ({
  metadata: { name: `n${index}`, labels: kind === 'labelled' ? { pool: 'a' } : {} },
  spec: kind.startsWith('No') ? { taints: [{ key: 'k', effect: kind }] } : {},
})

function daemonSetOf(given: Scenario) {
  return {
    metadata: { name: 'a', namespace: 'n', uid: 'ds', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: templateOf(1, 'all'),
      updateStrategy: given.strategy,
      minReadySeconds: given.minReadySeconds,
      revisionHistoryLimit: 1,
    },
  }
}

const templateOf = (image: number, selects: string) => ({
  metadata: { labels: { app: 'a' } },
  spec: {
    containers: [{ name: 'c', image: `i:${image}` }],
    ...(selects === 'labelled' && { nodeSelector: { pool: 'a' } }),
    ...(selects === 'tolerant' && { tolerations: [{ operator: 'Exists' }] }),
  },
})

/** A cluster with kubelets: pods become ready and go away by themselves, a second a moment. */
class LivingCluster extends Cluster {
  readonly given: Scenario
  #moment = 0

  constructor(given: Scenario) {
    super(daemonSetOf(given), given.nodes.map(nodeOf), start)
    this.given = given
  }

  moment(): boolean {
    this.now += second
    for (const pod of this.pods) this.#live(pod)
    const { actions } = this.sync({
      nodes: shuffled(this.nodes, this.given.seed + this.#moment++),
      deleteAtOnce: false,
      hashFor: ({ data }) => `h${[...data].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1e9, 7)}`,
    })
    return actions.length > 0
  }

  #live(pod: Pod): void {
    const age = (time: string | null | undefined) => (this.now - Date.parse(time ?? '')) / second
    if (pod.metadata?.deletionTimestamp) {
      if (age(pod.metadata.deletionTimestamp) > this.given.goneAfter) this.removePod(pod)
    } else if (!isReady(pod) && age(pod.metadata?.creationTimestamp) > this.given.readyAfter)
      this.setReady(pod, true)
  }

  change({ image, selects, strategy: by }: Scenario['changes'][number]): void {
    const { metadata, spec } = this.daemonSet
    this.daemonSet = {
      ...this.daemonSet,
      metadata: { ...metadata, generation: (metadata?.generation ?? 0) + 1 },
      spec: { ...spec, template: templateOf(image, selects), ...(by && { updateStrategy: by }) },
    }
  }

  /** Until nothing moves: no action, no pod on its way. */
  settle(): void {
    const budget = 40 * (this.nodes.length + 1)
    for (let quiet = 0, used = 0; quiet < 4 + this.given.minReadySeconds + this.given.readyAfter; used++) {
      if (used > budget) throw new Error('never comes to rest')
      quiet = this.moment() ? 0 : quiet + 1
    }
  }
}

const isReady = (pod: Pod) => pod.status?.conditions?.[0]?.status === 'True'
const isLive = (pod: Pod) => !pod.metadata?.deletionTimestamp

/** Pods of one revision on one node that are not on their way out. */
function mostOfOneRevision(cluster: Cluster): number {
  const counts = new Map<string, number>()
  for (const pod of cluster.pods.filter(isLive)) {
    const key = `${pod.spec?.nodeName} ${pod.metadata?.labels?.[hashLabel]}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}

function allowedOf(
  by: DaemonSetUpdateStrategy,
  name: 'maxUnavailable' | 'maxSurge',
  desired: number,
): number {
  const value = by.rollingUpdate?.[name] ?? 0
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * desired) / 100)
}

describe('random clusters and updates', () => {
  it('never hold two pods of a revision on one node, and come to rest with every pod updated', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const cluster = new LivingCluster(given)
        cluster.settle()
        for (const one of given.changes) {
          cluster.change(one)
          for (let moment = 0; moment < one.moments; moment++) {
            cluster.moment()
            expect(mostOfOneRevision(cluster)).toBeLessThanOrEqual(1)
          }
        }
        cluster.settle()
        const { status } = cluster.daemonSet
        const desired = status?.desiredNumberScheduled ?? 0
        expect(status?.updatedNumberScheduled ?? 0).toBe(desired)
        expect(status?.numberAvailable ?? 0).toBe(desired)
        expect(cluster.pods.filter(isLive)).toHaveLength(desired + (status?.numberMisscheduled ?? 0))
      }),
      runs(150),
    )
  })

  it('counters add up at every moment', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const cluster = new LivingCluster(given)
        for (const one of given.changes) {
          for (let moment = 0; moment < one.moments; moment++) cluster.moment()
          const status = cluster.daemonSet.status ?? {}
          const { desiredNumberScheduled: desired = 0, currentNumberScheduled: current = 0 } = status
          const {
            numberReady: ready = 0,
            numberAvailable: available = 0,
            numberUnavailable: unavailable = 0,
          } = status
          expect((available ?? 0) + (unavailable ?? 0)).toBe(desired)
          expect(available ?? 0).toBeLessThanOrEqual(ready ?? 0)
          expect(ready ?? 0).toBeLessThanOrEqual(current ?? 0)
          expect(current ?? 0).toBeLessThanOrEqual(desired ?? 0)
          expect(status.updatedNumberScheduled ?? 0).toBeLessThanOrEqual(current ?? 0)
          cluster.change(one)
        }
      }),
      runs(150),
    )
  })

  it('a second sync without any change does nothing, and writes no status', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const cluster = new LivingCluster(given)
        for (const one of given.changes) {
          for (let moment = 0; moment < one.moments; moment++) {
            cluster.moment()
            // What the first sync leaves to the next: an update that waited for pods, a status that is behind.
            for (let more = 0; more < 4; more++) cluster.sync({ deleteAtOnce: false })
            expect(cluster.sync({ deleteAtOnce: false })).toMatchObject({ actions: [], statusChanged: false })
          }
          cluster.change(one)
        }
      }),
      runs(150),
    )
  })

  it('a simulation from any moment ends where the cluster does', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const cluster = new LivingCluster(given)
        for (const one of given.changes) {
          for (let moment = 0; moment < one.moments; moment++) cluster.moment()
          const { daemonSet: current, nodes, pods, revisions, now } = cluster
          cluster.change(one)
          const simulated = simulate({
            daemonSet: cluster.daemonSet,
            current,
            nodes,
            pods: [...pods],
            revisions: [...revisions],
            now,
            seed: given.seed,
            readyAfterSeconds: given.readyAfter,
            terminateAfterSeconds: given.goneAfter,
          })
          expect(simulated.end.state).toBe(simulated.end.counters.desired === 0 ? 'nothing-desired' : 'done')
          cluster.settle()
          const status = cluster.daemonSet.status ?? {}
          expect(simulated.end.counters).toEqual({
            desired: status.desiredNumberScheduled ?? 0,
            current: status.currentNumberScheduled ?? 0,
            ready: status.numberReady ?? 0,
            updated: status.updatedNumberScheduled ?? 0,
            available: status.numberAvailable ?? 0,
            unavailable: status.numberUnavailable ?? 0,
            misscheduled: status.numberMisscheduled ?? 0,
          })
        }
      }),
      runs(150),
    )
  })

  it('a healthy cluster stays within maxUnavailable, and within maxSurge', () => {
    const healthy = scenario.map((given) => ({ ...given, nodes: given.nodes.map(() => 'free' as const) }))
    fc.assert(
      fc.property(healthy, (given) => {
        const cluster = new LivingCluster(given)
        cluster.settle()
        const by = given.strategy
        cluster.change({ image: 2, selects: 'all', strategy: undefined, moments: 0 })
        const desired = given.nodes.length
        const most = {
          unavailable: allowedOf(by, 'maxUnavailable', desired),
          beyond: allowedOf(by, 'maxSurge', desired),
        }
        for (let moment = 0; moment < 15 * (desired + 1); moment++) {
          cluster.moment()
          const serving = cluster.nodes.filter((node) =>
            cluster.podsOn(node.metadata?.name ?? '').some((pod) => isLive(pod) && isReady(pod)),
          )
          expect(desired - serving.length).toBeLessThanOrEqual(most.unavailable)
          expect(cluster.pods.filter(isLive).length - desired).toBeLessThanOrEqual(most.beyond)
        }
        expect(cluster.daemonSet.status?.updatedNumberScheduled ?? 0).toBe(desired)
      }),
      runs(150),
    )
  })
})
