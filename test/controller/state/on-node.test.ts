import { describe, expect, it } from 'vitest'
import { daemonSetState } from '#controller/state/daemon-set-state.ts'
import { onNode } from '#controller/state/on-node.ts'
import type { Node, Pod } from '#kube/types.ts'
import { node, now, pod, revisions, stored, taint, unbound } from '../../helpers/snapshot.ts'

const asked = (on: Node, pods: readonly Pod[]) =>
  onNode(daemonSetState({ daemonSet: stored, nodes: [on, node('other')], pods, revisions, now }), on)

const broken = pod('n', {
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'c', restartCount: 9, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  },
})

const young = (one: Pod): Pod => ({
  ...one,
  metadata: { ...one.metadata, creationTimestamp: new Date(now - 5000).toISOString() },
})

describe('a DaemonSet on a node', () => {
  it.each<[string, Node, readonly Pod[], string, boolean]>([
    ['its pod is ready', node('n'), [pod('n')], 'ready', false],
    ['its pod crashes', node('n'), [broken], 'failing', false],
    ['its pod waits for its node', node('n'), [young(unbound('n', { phase: 'Pending' }))], 'underway', false],
    ['a pod is due', node('n'), [], 'missing', false],
    ['a pod of another node does not count', node('n'), [pod('other')], 'missing', false],
    ['no pod is due', node('n', taint('NoSchedule')), [], 'not-targeted', true],
    ['a pod is left', node('n', taint('NoSchedule')), [pod('n')], 'leftover', true],
  ])('%s', (_, on, pods, standing, hasRemedies) => {
    const one = asked(on, pods)
    expect([one.standing, one.remedies !== undefined]).toEqual([standing, hasRemedies])
    expect(one.decision.shouldRun).toBe(!hasRemedies)
  })

  it('holds of other nodes are left out', () => {
    const elsewhere = { ...broken, metadata: { ...broken.metadata, name: 'x' }, spec: { nodeName: 'other' } }
    expect(asked(node('n'), [pod('n'), elsewhere]).holds).toEqual([])
    expect(asked(node('n'), [broken]).holds.map(({ cause }) => cause)).toEqual(['crash'])
  })

  it('a pod that waits for a readiness gate has no container to look at', () => {
    const message = 'corresponding condition of pod readiness gate "example.com/gate" does not exist.'
    const status = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message }],
      containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: {} } }],
    }
    for (const one of [pod('n', { status }), young(pod('n', { status }))]) {
      const [hold] = asked(node('n'), [one]).holds
      expect(hold?.sentence).toBe(`the containers are ready, a readiness gate of the pod is not: ${message}`)
      expect(hold?.next.map(({ kind }) => kind)).not.toContain('logs')
      expect(hold?.next).toContainEqual({ kind: 'describe', what: 'pod', name: one.metadata?.name })
    }
  })
})
