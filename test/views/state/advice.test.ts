import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import type { StateInput } from '#controller/state/types.ts'
import { wavesAnnotations } from '#controller/waves/annotations.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import { headLines } from '#views/state/headline.ts'
import { nextCommands } from '#views/state/next-lines.ts'
import { daemonSet, node, pod, ready, revision, waiting } from '../../helpers/rollout-world.ts'

const now = Date.UTC(2026, 10, 20, 20, 10)
const nodes = ['n1', 'n2', 'n3'].map((name) => node(name)) as Node[]
const old = (name: string, on: string) => pod(name, on, 'one', ready())
const fresh = (name: string, on: string, status: JsonObject = ready()) => pod(name, on, 'two', status)

const refusedBy = (why: string) => ({
  metadata: { namespace: 'default' },
  involvedObject: { kind: 'DaemonSet', name: 'a', namespace: 'default' },
  type: 'Warning',
  reason: 'FailedCreate',
  message: `Error creating: pods "a-" is forbidden: ${why}`,
  lastTimestamp: '2026-11-20T20:09:00Z',
})

/** What is said first, and what is to be done. */
function said(pods: readonly JsonObject[], more: Partial<StateInput> = {}, own: JsonObject = {}) {
  const state = daemonSetState({
    daemonSet: daemonSet('two', {}, own) as DaemonSet,
    pods: pods as readonly Pod[],
    nodes,
    revisions: [revision(1, 'one'), revision(2, 'two')],
    now,
    ...more,
  })
  return {
    head: headLines(state, { style: plain, width: 200 }),
    next: nextCommands(state).map(({ command }) => command),
  }
}

it('a release that fails while it is rolled out in waves goes back by them, not past them', () => {
  const waves = { [wavesAnnotations.state]: JSON.stringify({ paused: 'wave 1 has failed' }) }
  const { head, next } = said(
    [fresh('a', 'n1', waiting('ImagePullBackOff')), old('b', 'n2'), old('c', 'n3')],
    {},
    { metadata: { annotations: waves }, spec: { updateStrategy: { type: 'OnDelete' } } },
  )
  expect(head).toEqual([
    'default/a is stuck on n1: image of container c cannot be pulled',
    '  it is rolled out in waves, which are paused (wave 1 has failed): 2 nodes keep the old pod',
  ])
  expect(next).toContain('kds rollout waves abort ds/a -n default')
  expect(next.join()).not.toContain('rollout undo')
})

it('a pod on a node that is not ready is told by the node, and not taken for one that should go', () => {
  const taints = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }]
  const lost = { ...node('n3', 'Unknown', 'Kubelet stopped posting node status.'), spec: { taints } } as Node
  const pods = [fresh('a', 'n1'), fresh('b', 'n2'), fresh('c', 'n3')]
  const { head, next } = said(pods, { nodes: [...nodes.slice(0, 2), lost] })
  expect(head[0]).toMatch(/^default\/a has a pod on n3: node unreachable.*: Kubelet stopped posting/)
  expect(next.at(-1)).toBe('kubectl delete node n3')
  expect(next.join()).not.toContain('delete pod')
})

it('a DaemonSet that is being deleted lacks no pod on the nodes that have lost theirs', () => {
  const deletionTimestamp = '2026-11-20T20:09:00Z'
  const leaving = {
    ...fresh('a', 'n1'),
    metadata: { ...(fresh('a', 'n1').metadata as JsonObject), deletionTimestamp },
  }
  const { head } = said([leaving], {}, { metadata: { deletionTimestamp } })
  expect(head).toEqual(['default/a is being deleted: 1 terminating'])
})

describe('a pod that its kubelet does not take', () => {
  const failed = (seconds: number) =>
    fresh('a', 'n1', {
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: 'Pod was rejected',
      conditions: [
        { type: 'Ready', status: 'False', lastTransitionTime: new Date(now - seconds * 1000).toISOString() },
      ],
    })
  const others = [fresh('b', 'n2'), fresh('c', 'n3')]

  it('is replaced at first', () => {
    expect(said([failed(10), ...others]).head[0]).toContain('is starting')
  })

  it('and is stuck where the controller waits for longer and longer', () => {
    const { head, next } = said([failed(90), ...others])
    expect(head[0]).toBe('default/a is stuck on n1: ended (OutOfcpu), again and again: Pod was rejected')
    expect(next).toEqual(['kubectl describe node n1'])
  })
})

it('a pod that is too large for all nodes is not helped by a larger budget', () => {
  const container = { name: 'c', image: 'two', resources: { requests: { cpu: '9' } } }
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } }
  const large = (cpu: string) =>
    nodes.map((one) => ({ ...one, status: { ...one.status, allocatable: { cpu, pods: '9' } } })) as Node[]
  const unbound = {
    ...fresh('a', 'n1', {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    }),
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }],
          },
        },
      },
    },
  }
  const pods = [unbound, old('b', 'n2'), old('c', 'n3')]
  const asked = (others: string) =>
    said(
      pods,
      { room: { pods: [] }, nodes: [...large('4').slice(0, 1), ...large(others).slice(1)] },
      { spec: { template } },
    ).next.join()
  expect(asked('4')).not.toContain('maxUnavailable')
  expect(asked('4')).toContain('kds rollout undo ds/a -n default --to-revision=1')
  expect(asked('16')).toContain('maxUnavailable')
})

it('a limit that a LimitRange would take is not advised below the request, which the API server would refuse', () => {
  const resources = { requests: { cpu: '200m' }, limits: { cpu: '200m' } }
  const containers = [{ name: 'c', image: 'two', resources }]
  const event = refusedBy('maximum cpu usage per Container is 100m, but limit is 200m')
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers } }
  expect(
    said([old('b', 'n2'), old('c', 'n3')], { events: [event] }, { spec: { template } }).next.slice(-2),
  ).toEqual([
    'kubectl set resources daemonset a -n default --limits=cpu=100m',
    'kubectl set resources daemonset a -n default --requests=cpu=100m',
  ])
})

it('a namespace that allows every pod by now leaves the refusal to the controller, which tries again', () => {
  const events = [refusedBy('violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)')]
  const enforcing = (level: string) => ({
    metadata: { name: 'default', labels: { 'pod-security.kubernetes.io/enforce': level } },
  })
  const head = (level: string) =>
    said([old('b', 'n2'), old('c', 'n3')], { events, namespace: enforcing(level) }).head[0]
  expect(head('baseline')).toContain('is stuck on n1: the API server refuses new pods')
  expect(head('privileged')).toContain('is updating')
})
