import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { daemonPodOf } from '../daemon-pod.ts'

/**
 * How many seconds a DaemonSet's pods usually take from creation to Ready: the median of those that are ready; undefined where
 * none tells. One that turned ready anew later counts as slow, which the median mostly passes over.
 */
export function usualReadySeconds(daemonSet: DaemonSet, pods: readonly Pod[]): number | undefined {
  const times = pods
    .filter((pod) => controllerOf(pod)?.uid === daemonSet.metadata?.uid)
    .map(daemonPodOf)
    .filter(({ ready }) => ready)
    .map(({ createdAt, readyAt }) => Math.max(1, Math.round((readyAt - createdAt) / 1000)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)]
}
