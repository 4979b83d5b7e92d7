import type { CreateReason, DeleteReason } from './types.ts'

const createReasons: Readonly<Record<CreateReason, string>> = {
  missing: 'should run a pod and has none',
  'surge-unavailable': 'its old pod is not available, a new one comes at once',
  surge: 'a new pod comes up beside the old one, within maxSurge',
}

const deleteReasons: Readonly<Record<DeleteReason, string>> = {
  failed: 'has failed, another one will take its place',
  succeeded: 'has ended, another one will take its place',
  duplicate: 'the node has more than one pod, the oldest stays',
  'not-allowed': 'the node does not take pods of this DaemonSet any more',
  'node-gone': 'its node does not exist any more',
  'outdated-unavailable': 'is of an old revision and not available, it is replaced outside the budget',
  outdated: 'is of an old revision, it is replaced within maxUnavailable',
  superseded: 'the pod of the new revision takes over',
  'left-over': 'the node would not get a pod again',
}

/** One sentence for people: why a pod is made on the node. */
export const createMessage = (node: string, reason: CreateReason): string =>
  `${node}: ${createReasons[reason]}`

/** One sentence for people: why the pod is removed. */
export const deleteMessage = (pod: string, node: string, reason: DeleteReason): string =>
  `${pod} on ${node}: ${deleteReasons[reason]}`
