import fc from 'fast-check'
import { expect, it } from 'vitest'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import { stateMemory } from '#controller/state/memory.ts'
import type { KubeEvent } from '#kube/events.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import { runs } from '../../helpers/random-cases.ts'

const start = Date.parse('2026-11-20T20:00:00Z')
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString().replace('.000', '')
const names = ['a', 'b', 'c', 'd']

const node = fc.record({
  name: fc.constantFrom(...names),
  pool: fc.constantFrom('x', 'y'),
  taint: fc.constantFrom(undefined, 'NoSchedule', 'NoExecute'),
  ready: fc.constantFrom('True', 'False', 'Unknown'),
})
const pod = fc.record({
  name: fc.constantFrom('p', 'q', 'r', 's', 't'),
  node: fc.constantFrom(...names, ...names, ...names, 'gone', undefined),
  hash: fc.constantFrom('old', 'new'),
  deleting: fc.constantFrom(false, false, true),
  created: fc.integer({ min: 0, max: 300 }),
  how: fc.constantFrom(
    'ready',
    'ready',
    'ready',
    'ready',
    'running',
    'pulling',
    'BackOff',
    'ended',
    'unscheduled',
    'Failed',
  ),
  orphan: fc.boolean(),
})
/** What happens between two looks. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('node' as const), of: node }),
  fc.record({ kind: fc.constant('pod' as const), of: pod }),
  fc.record({ kind: fc.constant('pod' as const), of: pod }),
  fc.record({ kind: fc.constant('no node' as const), of: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constant('no pod' as const), of: fc.constantFrom('p', 'q', 'r', 's', 't') }),
  fc.record({ kind: fc.constant('pulling' as const), of: fc.constantFrom('p', 'q', 'r') }),
  fc.record({
    kind: fc.constant('spec' as const),
    of: fc.record({
      pool: fc.constantFrom('x', 'y', undefined),
      minReady: fc.constantFrom(0, 60),
      max: fc.constantFrom(1, '50%'),
    }),
  }),
  fc.record({ kind: fc.constant('revision' as const), of: fc.constantFrom('old', 'new') }),
  fc.record({ kind: fc.constant('later' as const), of: fc.integer({ min: 1, max: 900 }) }),
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function nodeOf({ name, pool, ready, taint }: Extract<Change, { kind: 'node' }>['of']): Node {
  return {
    metadata: { name, labels: { pool } },
    spec: taint ? { taints: [{ key: 'k', effect: taint }] } : {},
    status: { conditions: [{ type: 'Ready', status: ready, lastTransitionTime: at(5) }] },
  }
}

const waiting = (reason: string) => ({ state: { waiting: { reason, message: `${reason}!` } }, ready: false })
const statuses: Readonly<Record<string, object>> = {
  ready: { state: { running: { startedAt: at(1) } }, ready: true },
  running: { state: { running: { startedAt: at(1) } }, ready: false },
  pulling: waiting('ContainerCreating'),
  BackOff: waiting('ImagePullBackOff'),
  ended: { state: { terminated: { exitCode: 1, reason: 'Error' } }, ready: false, restartCount: 2 },
}

function podOf(one: Extract<Change, { kind: 'pod' }>['of']): Pod {
  const { created, deleting, hash, how, name, node: on, orphan } = one
  const owner = { kind: 'DaemonSet', name: 'agent', uid: 'uid', apiVersion: 'apps/v1', controller: true }
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: `${name}-${created}`,
      labels: { app: 'agent', 'controller-revision-hash': hash },
      ownerReferences: orphan ? [] : [owner],
      creationTimestamp: at(created),
      ...(deleting ? { deletionTimestamp: at(created + 30), deletionGracePeriodSeconds: 30 } : {}),
    },
    spec: {
      ...(how === 'unscheduled' || !on ? {} : { nodeName: on }),
      containers: [{ name: 'c', image: hash }],
    },
    status: {
      phase: how === 'Failed' ? 'Failed' : 'Running',
      startTime: at(created),
      conditions: [
        { type: 'Ready', status: how === 'ready' ? 'True' : 'False', lastTransitionTime: at(created + 10) },
        { type: 'PodScheduled', status: how === 'unscheduled' ? 'False' : 'True' },
      ],
      containerStatuses: statuses[how] ? [{ name: 'c', ...statuses[how] }] : [],
    },
  }
}

const revision = (number: number, hash: string): ControllerRevision => ({
  metadata: {
    name: hash,
    namespace: 'default',
    labels: { app: 'agent', 'controller-revision-hash': hash },
    ownerReferences: [
      { kind: 'DaemonSet', name: 'agent', uid: 'uid', apiVersion: 'apps/v1', controller: true },
    ],
  },
  revision: number,
  data: {},
})
const pulls = (name: string): KubeEvent => ({
  metadata: { name: `${name}.1`, namespace: 'default' },
  involvedObject: { kind: 'Pod', name, namespace: 'default' },
  reason: 'Pulling',
  message: 'Pulling image "x"',
  lastTimestamp: at(20),
})

it('a look that remembers earlier ones says what a fresh one says, after whatever has changed', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (rounds) => {
      const memory = stateMemory()
      const nodes = new Map(
        names.map((name) => [name, nodeOf({ name, pool: 'x', ready: 'True', taint: undefined })]),
      )
      const pods = new Map<string, Pod>()
      const pulling = new Set<string>()
      let [now, generation, current] = [start + 60_000, 1, 'new']
      let spec: Extract<Change, { kind: 'spec' }>['of'] = { pool: undefined, minReady: 60, max: 1 }
      let all = [...nodes.values()]
      for (const round of rounds) {
        for (const one of round) {
          if (one.kind === 'node') nodes.set(one.of.name, nodeOf(one.of))
          else if (one.kind === 'pod') pods.set(one.of.name, podOf(one.of))
          else if (one.kind === 'no node') nodes.delete(one.of)
          else if (one.kind === 'no pod') pods.delete(one.of)
          else if (one.kind === 'later') now += one.of * 1000
          else if (one.kind === 'revision') current = one.of
          else if (one.kind === 'spec') {
            spec = one.of
            generation++
          } else if (!pulling.delete(one.of)) pulling.add(one.of)
        }
        // Nodes that nothing has happened to are the same list.
        if (round.some(({ kind }) => kind === 'node' || kind === 'no node')) all = [...nodes.values()]
        const daemonSet: DaemonSet = {
          metadata: { name: 'agent', namespace: 'default', uid: 'uid', generation },
          spec: {
            selector: { matchLabels: { app: 'agent' } },
            minReadySeconds: spec.minReady,
            updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: spec.max } },
            template: {
              metadata: { labels: { app: 'agent' } },
              spec: {
                containers: [{ name: 'c', image: 'x' }],
                ...(spec.pool ? { nodeSelector: { pool: spec.pool } } : {}),
              },
            },
          },
        }
        const input = {
          daemonSet,
          nodes: all,
          pods: [...pods.values()],
          revisions: [revision(current === 'new' ? 1 : 2, 'old'), revision(current === 'new' ? 2 : 1, 'new')],
          events: [...pulling].map(pulls),
          now,
        }
        expect(daemonSetState(input, memory)).toEqual(daemonSetState(input))
      }
    }),
    runs(500),
  )
})
