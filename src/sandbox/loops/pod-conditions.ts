import type { Condition, Pod } from '#kube/types.ts'

/** A condition as it follows on the pod's present one: its transition time stays as long as its status does. */
export function withTransition(pod: Pod, condition: Condition, now: string): Condition {
  const old = pod.status?.conditions?.find((one) => one.type === condition.type)
  const lastTransitionTime = old?.status === condition.status ? (old?.lastTransitionTime ?? now) : now
  return { lastTransitionTime, ...condition }
}

/** A pod that has ended takes up nothing any more. */
export const hasEnded = ({ status }: Pod): boolean =>
  status?.phase === 'Failed' || status?.phase === 'Succeeded'
