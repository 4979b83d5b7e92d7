import type { NodeFilter } from './filter.ts'
import { interPodAffinity } from './inter-pod-affinity.ts'
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

/** In the scheduler's order (`getDefaultPlugins` of v1.36), after what the placement of a pod by itself decides. */
const plugins: readonly Plugin[] = [
  schedulingGates,
  nodePorts,
  resourcesFit,
  volumeRestrictions,
  volumeLimits,
  volumeBinding,
  volumeZone,
  topologySpread,
  interPodAffinity,
]

export const filtersFor = (pod: PodInfo, around: Surroundings, aim: PodAim): readonly NodeFilter[] =>
  plugins.flatMap((plugin) => plugin(pod, around, aim) ?? [])
