import type { DaemonPod, NodeState } from '#controller/daemon-pod.ts'
import type { PodRules } from '#controller/update-strategy.ts'

export const now = Date.parse('2026-01-01T12:00:00Z')

/** What a node and its pods look like to the rules: settled, unless told otherwise. */
export const nodeState = (
  name: string,
  pods: readonly DaemonPod[] = [],
  facts: Partial<NodeState> = {},
): NodeState => ({
  name,
  exists: true,
  shouldRun: true,
  shouldContinueRunning: true,
  pods: [...pods],
  ...facts,
})

/** A pod of the current revision that has been ready for an hour. */
export const podState = (name: string, facts: Partial<DaemonPod> = {}): DaemonPod => ({
  name,
  bound: true,
  createdAt: now - 7_200_000,
  deleting: false,
  phase: 'Running',
  ready: true,
  readyAt: now - 3_600_000,
  hash: 'new',
  generation: '',
  source: undefined,
  ...facts,
})

export const oldPod = (name: string, facts: Partial<DaemonPod> = {}): DaemonPod =>
  podState(name, { hash: 'old', ...facts })

export const unready: Partial<DaemonPod> = { ready: false }
export const leaving: Partial<DaemonPod> = { deleting: true }

/** The rules of a DaemonSet that rolls out one node at a time. */
export const rulesOf = (over: Partial<PodRules> = {}): PodRules => ({
  onDelete: false,
  maxUnavailable: 1,
  maxSurge: 0,
  minReady: 0,
  now,
  hash: 'new',
  generation: undefined,
  countsOldUnavailable: true,
  burst: 250,
  ...over,
})
