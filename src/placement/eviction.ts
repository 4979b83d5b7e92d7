/** How long a pod may stay on a node by its NoExecute taints (`pkg/controller/tainteviction`). */
import { listOf } from '#kube/read.ts'
import type { Node, Pod } from '#kube/types.ts'
import {
  findToleration,
  firstUntolerated,
  givenTolerations,
  indexTolerations,
  nodeTaint,
} from './tolerations.ts'

/**
 * Seconds, from the moment that the taints are there: the shortest of what the first toleration of each taint grants; 0 where
 * one is not tolerated, infinity where nobody takes the pod away. The pod's own tolerations count, whatever the template says now.
 */
export function secondsToStay({ spec }: Pod, { spec: of }: Pick<Node, 'spec'>): number {
  const taints = listOf(of?.taints)
    .map(nodeTaint)
    .filter(({ effect }) => effect === 'NoExecute')
  if (taints.length === 0) return Number.POSITIVE_INFINITY
  const index = indexTolerations(givenTolerations(spec?.tolerations))
  if (firstUntolerated(index, taints, ['NoExecute'])) return 0
  const granted = taints.map(({ key, value, effect }) => {
    const at = findToleration(index, key, value, effect, false)?.index
    return spec?.tolerations?.[at ?? -1]?.tolerationSeconds ?? Number.POSITIVE_INFINITY
  })
  return Math.max(0, Math.min(...granted))
}
