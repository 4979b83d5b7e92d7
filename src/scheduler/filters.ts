import type { NodeFilter } from './filter.ts'
import { interPodAffinity } from './inter-pod-affinity.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodePorts } from './node-ports.ts'
import type { PodInfo } from './pod-info.ts'
import { resourcesFit } from './resources-fit.ts'
import { schedulingGates } from './scheduling-gates.ts'
import type { PodAim, Surroundings } from './surroundings.ts'
import { topologySpread } from './topology-spread.ts'
import { volumeBinding } from './volumes/volume-binding.ts'
import { volumeLimits } from './volumes/volume-limits.ts'
import { volumeRestrictions } from './volumes/volume-restrictions.ts'
import { volumeZone } from './volumes/volume-zone.ts'

/** Makes a filter ready for a pod; undefined: it has nothing to say to that pod. */
type Plugin = (pod: PodInfo, around: Surroundings, aim: PodAim) => NodeFilter | undefined

/** In the scheduler's order (`getDefaultPlugins` of v1.36), after cordons and taints. */
const plugins: readonly Plugin[] = [
  schedulingGates,
  nodeAffinity,
  nodePorts,
  resourcesFit,
  volumeRestrictions,
  volumeLimits,
  volumeBinding,
  volumeZone,
  topologySpread,
  interPodAffinity,
]

/**
 * Those that have something to say to the pod; alone the first that refuses it everywhere, as nobody is asked after that.
 *
 * @param before Filters that come before all others
 */
export function filtersFor(
  pod: PodInfo,
  around: Surroundings,
  aim: PodAim,
  before: readonly NodeFilter[] = [],
): readonly NodeFilter[] {
  const filters = [...before, ...plugins.flatMap((plugin) => plugin(pod, around, aim) ?? [])]
  const refusing = filters.find((filter) => filter.refusesAll)
  return refusing ? [refusing] : filters
}
