import { describe, expect, it } from 'vitest'
import type { PlanChangesInput } from '#controller/changes/plan-changes.ts'
import type { Node, Pod } from '#kube/types.ts'
import { image, manifest, node, now, plan, pod, taint, unbound } from '../../helpers/snapshot.ts'

const fresh = manifest(image('i:2'))
const onDelete = { updateStrategy: { type: 'OnDelete' } }
const unready = { type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T10:00:00Z' }
const containers = (state: object, more: object = {}) => ({
  phase: 'Running',
  conditions: [unready],
  containerStatuses: [{ name: 'c', restartCount: 0, state, ...more }],
})
const exit = { terminated: { exitCode: 137, reason: 'OOMKilled' } }
const crashing = pod('n1', {
  status: containers({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 14, lastState: exit }),
})
const waiting = (reason: string) => pod('n1', { status: containers({ waiting: { reason } }) })
const leaving = (deletionTimestamp: string): Pod =>
  pod('n1', { metadata: { deletionTimestamp, deletionGracePeriodSeconds: 30 } })
const silent: Partial<Node> = {
  status: {
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-01T10:00:00Z' }],
  },
}
const pending = (message: string): Pod =>
  unbound('n1', {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  })

describe('how the pods are that are there', () => {
  it.each<[string, Partial<PlanChangesInput>, string, string]>([
    ['ready', { pods: [pod('n1')] }, 'unchanged', 'keep'],
    ['crashing again and again', { pods: [crashing] }, 'crash-looping', 'keep'],
    ['without its image', { pods: [waiting('ErrImagePull')] }, 'image-pull-failing', 'keep'],
    ['without its ConfigMap', { pods: [waiting('CreateContainerConfigError')] }, 'cannot-start', 'keep'],
    ['being made', { pods: [waiting('ContainerCreating')] }, 'starting', 'keep'],
    [
      'running and not ready',
      { pods: [pod('n1', { status: containers({ running: {} }) })] },
      'not-ready',
      'keep',
    ],
    ['not scheduled', { pods: [pending('0/1 nodes')] }, 'unschedulable', 'keep'],
    [
      'on a node that is silent',
      { pods: [pod('n1')], nodes: [node('n1', silent)] },
      'node-not-ready',
      'keep',
    ],
    ['leaving in time', { pods: [leaving('2026-01-01T12:00:10Z')] }, 'create', 'gain'],
    ['leaving for too long', { pods: [leaving('2026-01-01T11:59:59Z')] }, 'terminating', 'gain'],
    [
      'leaving a node that is silent',
      { pods: [leaving('2026-01-01T12:00:10Z')], nodes: [node('n1', silent)] },
      'terminating',
      'gain',
    ],
    [
      'leaving a node that is not targeted',
      { pods: [leaving('2026-01-01T12:00:10Z')], nodes: [node('n1', taint('NoSchedule'))] },
      'terminating',
      'none',
    ],
    ['outdated and crashing', { daemonSet: fresh, pods: [crashing] }, 'replace', 'replace'],
    [
      'outdated with OnDelete',
      { daemonSet: manifest(image('i:2'), onDelete), pods: [pod('n1')] },
      'waits-for-delete',
      'keep',
    ],
    [
      'left over and crashing',
      { pods: [crashing], nodes: [node('n1', taint('NoSchedule'))] },
      'leftover',
      'left-over',
    ],
  ])('%s', (_, input, outcome, change) => {
    const result = plan({ nodes: [node('n1')], ...input })
    expect(result.changes).toMatchObject([{ change, outcome, state: { pod: 'agent-n1' } }])
    expect(result.outcomes).toEqual({ [outcome]: 1 })
  })

  it('is told with cause, container, restarts, last exit and since when', () => {
    expect(plan({ nodes: [node('n1')], pods: [crashing] }).changes[0]?.state).toEqual({
      pod: 'agent-n1',
      node: 'n1',
      trouble: { side: 'release', cause: 'crash', reason: 'CrashLoopBackOff', message: '', container: 'c' },
      restarts: 14,
      since: Date.parse('2026-01-01T10:00:00Z'),
      deleted: undefined,
      lastExit: { container: 'c', exitCode: 137, reason: 'OOMKilled' },
    })
  })

  it('is not told where no pod is', () => {
    expect(plan({ nodes: [node('n1')] }).changes[0]).not.toHaveProperty('state')
  })

  it('of several pods on a node is that of one in trouble', () => {
    const twin = { ...crashing, metadata: { ...crashing.metadata, name: 'twin' } }
    const surge = manifest(image('i:2'), {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    })
    const { changes } = plan({ daemonSet: surge, nodes: [node('n1')], pods: [pod('n1'), twin] })
    expect(changes).toMatchObject([{ change: 'replace', state: { pod: 'twin' } }])
  })
})

describe('the budget of the rolling update', () => {
  const nodes = [node('n1', silent), node('n2')]
  const pods = [leaving('2026-01-01T10:00:30Z'), pod('n2')]

  it('is used up by a pod that a dead node does not end', () => {
    const result = plan({ daemonSet: fresh, nodes, pods })
    expect(result.budget).toEqual({ rule: 'maxUnavailable', allowed: 1, configured: 1, usedBy: ['n1'] })
    expect(result.changes).toMatchObject([
      { outcome: 'terminating', usesBudget: true, state: { deleted: { at: now - 2 * 3_600_000 } } },
      { outcome: 'replace' },
    ])
    expect(result.changes[1]).not.toHaveProperty('usesBudget')
  })

  it('is used by new pods that fail, not by old ones that are replaced at once', () => {
    expect(plan({ nodes: [node('n1')], pods: [crashing] }).budget?.usedBy).toEqual(['n1'])
    expect(plan({ daemonSet: fresh, nodes: [node('n1')], pods: [crashing] }).budget?.usedBy).toEqual([])
  })

  it('is none with OnDelete', () => {
    expect(plan({ daemonSet: manifest(image('i:2'), onDelete), nodes, pods })).not.toHaveProperty('budget')
  })
})
