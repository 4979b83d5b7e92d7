import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import { planChanges } from '#controller/changes/plan-changes.ts'
import type { Node, Pod } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { planSummary } from '#views/plan/summary.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import { image, manifest, node, now, pod, revisions, stored, unbound } from '../../helpers/snapshot.ts'

const options = { style: plain, width: 100, symbols: false }

function shown(daemonSet: typeof stored, nodes: readonly Node[], pods: readonly Pod[]) {
  const plan = planPlacement(daemonSet, nodes, 'n')
  const changes = planChanges({ daemonSet, nodes, pods, daemonSets: [stored], revisions, now })
  return { plan, changes }
}

const text = (daemonSet: typeof stored, nodes: readonly Node[], pods: readonly Pod[]) =>
  planSummary(shown(daemonSet, nodes, pods), options)

const crashing = (on: string, restartCount: number, since: string): Pod =>
  pod(on, {
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: since }],
      containerStatuses: [
        {
          name: 'c',
          restartCount,
          state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off ${on}` } },
          lastState: { terminated: { exitCode: 1, reason: 'Error' } },
        },
      ],
    },
  })

const waiting = (on: string, reason: string, message: string): Pod =>
  pod(on, {
    status: {
      phase: 'Pending',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T11:55:00Z' }],
      containerStatuses: [{ name: 'c', state: { waiting: { reason, message } } }],
    },
  })

const unscheduled = (on: string): Pod => {
  const message = '0/4 nodes are available: 1 Insufficient cpu.'
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }]
  return unbound(on, { phase: 'Pending', conditions })
}

const silent = (name: string) =>
  node(name, {
    status: {
      conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-01T10:00:00Z' }],
    },
  })
const leaving = (on: string): Pod => pod(on, { metadata: { deletionTimestamp: '2026-01-01T10:00:00Z' } })

describe('a plan of a DaemonSet that runs', () => {
  it('counts pods by their state, and tells of those that fail first and why', () => {
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'].map((name) => node(name))
    const pods = [
      pod('n1'),
      crashing('n2', 14, '2026-01-01T10:00:00Z'),
      crashing('n3', 2, '2026-01-01T11:00:00Z'),
      unscheduled('n4'),
      waiting('n5', 'ImagePullBackOff', 'Back-off pulling image "i:1"'),
    ]
    expect(
      text(stored, nodes, pods),
    ).toBe(`no change, 1 unchanged, 2 crash-looping, 1 cannot pull the image, 1 unschedulable: n/agent

! crash-looping on 2 nodes
      container c ends with exit code 1, up to 14 restarts, not ready for 2 h: uses up the budget of
      1
      n2, n3

! cannot pull the image on 1 node
      ImagePullBackOff: Back-off pulling image "i:1", not ready for 5 min
      uses 1 of 1 of the budget
      n5

! unschedulable on 1 node
      0/4 nodes are available: 1 Insufficient cpu.
      uses 1 of 1 of the budget
      n4

= unchanged on 1 node
      up to date
      n1
`)
  })

  it('names a pod that a dead node does not end, and that it blocks the update', () => {
    const given = text(manifest(image('i:2')), [silent('n1'), node('n2')], [leaving('n1'), pod('n2')])
    expect(given).toBe(`1 to replace, 1 terminating, update blocked: n/agent
The update is blocked: maxUnavailable 1 is used up by 1 terminating pod on n1. Way out: bring the
node back or delete it, or raise maxUnavailable.

! terminating on 1 node
      terminating for 2 h, n1 unreachable: uses 1 of 1 of the budget
      will be recreated once it is gone
      n1

~ replace on 1 node
      outdated pod
      n2
`)
  })

  it('is not blocked where the old pods fail, which are replaced at once', () => {
    const failing = crashing('n2', 1, '2026-01-01T10:00:00Z')
    const given = text(manifest(image('i:2')), [silent('n1'), node('n2')], [leaving('n1'), failing])
    expect(given).not.toContain('blocked')
  })

  it('says what to do about new pods that fail', () => {
    const old = { app: 'agent', 'controller-revision-hash': 'h0', 'pod-template-generation': '0' }
    const given = text(
      stored,
      [node('n1'), node('n2')],
      [crashing('n1', 1, '2026-01-01T10:00:00Z'), pod('n2', { metadata: { labels: old } })],
    )
    expect(given.split('\n').slice(0, 3).join(' ')).toBe(
      '1 to replace, 1 crash-looping, update blocked: n/agent The update is blocked: maxUnavailable 1 is used up by 1 crash-looping pod on n1. Way out: fix the pods (kds rollout undo ds/agent -n n), or raise maxUnavailable.',
    )
  })

  it('says that outdated pods wait for a delete', () => {
    const daemonSet = manifest(image('i:2'), { updateStrategy: { type: 'OnDelete' } })
    const given = text(
      daemonSet,
      [node('n1'), node('n2')],
      [pod('n1'), crashing('n2', 1, '2026-01-01T10:00:00Z')],
    )
    expect(given).toBe(`no change, 2 outdated pods wait for a delete: n/agent
Its update strategy is OnDelete: a pod is replaced only once someone deletes it.

= waits for a delete on 2 nodes
    1 outdated pod (OnDelete)
      n1
    1 outdated pod (OnDelete)
      container c ends with exit code 1, 1 restart, not ready for 2 h
      n2
`)
    const inWaves = (state: object) => {
      const annotations = { 'waves.kds.dev/state': JSON.stringify(state) }
      const given = { ...daemonSet, metadata: { ...daemonSet.metadata, annotations } }
      return text(given, [node('n1')], [pod('n1')]).split('\n')[1]
    }
    expect(inWaves({})).toBe(
      'It is being rolled out in waves: kds deletes the old pods of a wave when its turn comes.',
    )
    expect(inWaves({ paused: 'the gate failed' })).toBe(
      'Its roll-out in waves is paused (the gate failed): kds rollout waves resume goes on.',
    )
  })
})

describe('the trace of one node', () => {
  const trace = (one: Node, pods: readonly Pod[], daemonSet = stored) => {
    const { plan, changes } = shown(daemonSet, [one], pods)
    const [planned] = plan.nodes
    return planned ? nodeTrace(plan, planned, options, changes).split('\n\n')[0] : ''
  }

  it('tells how its pod is', () => {
    expect(trace(node('n1'), [pod('n1')])).toBe(
      'n1 runs its pod (n/agent)\n  pod agent-n1: ready for 12 h\n  up to date',
    )
    expect(trace(node('n1'), [crashing('n1', 1, '2026-01-01T11:00:00Z')])).toBe(
      'n1 has a crash-looping pod (n/agent)\n  pod agent-n1\n  container c ends with exit code 1, 1 restart, not ready for 1 h: uses 1 of 1 of the budget',
    )
    expect(trace(silent('n1'), [leaving('n1')])).toBe(
      'n1 has a terminating pod (n/agent)\n  pod agent-n1\n  terminating for 2 h, n1 unreachable: uses 1 of 1 of the budget\n  will be recreated once it is gone',
    )
    expect(trace(node('n1'), [])).toBe('n1 gets a pod (n/agent)\n  no pod yet')
  })
})
