import type { NodeFilter } from '../filter.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Surroundings } from '../surroundings.ts'

const zone = 'topology.kubernetes.io/zone'
const region = 'topology.kubernetes.io/region'
/** With the older label that stands for the same. */
const topologyLabels: readonly (readonly [key: string, synonym: string])[] = [
  [zone, 'failure-domain.beta.kubernetes.io/zone'],
  [region, 'failure-domain.beta.kubernetes.io/region'],
  ['failure-domain.beta.kubernetes.io/zone', zone],
  ['failure-domain.beta.kubernetes.io/region', region],
]

/**
 * The filter VolumeZone: where a bound volume has labels of a zone or region, the node must be in one of them. A node without
 * any such label is taken. Undefined when no volume has such labels. Mirrors volumezone/volume_zone.go.
 */
export function volumeZone(pod: PodInfo, { storage }: Surroundings): NodeFilter | undefined {
  const wants = storage.claimsOf(pod.pod).flatMap(({ claim }) => {
    const name = claim?.spec?.volumeName ?? ''
    const volume = storage.volume(name)
    return topologyLabels.flatMap(([key, synonym]) => {
      const value = volume?.metadata?.labels?.[key]
      return value === undefined ? [] : { name, key, synonym, value, values: value.split('__') }
    })
  })
  if (wants.length === 0) return undefined
  return {
    refusal({ metadata }) {
      const labels = metadata?.labels ?? {}
      if (!topologyLabels.some(([key]) => labels[key] !== undefined)) return undefined
      const missed = wants.find(({ key, synonym, values }) => {
        const there = labels[key] ?? labels[synonym]
        return !values.some((one) => one === there)
      })
      return (
        missed && {
          reasons: ['node(s) had no available volume zone'],
          unresolvable: true,
          because: [`the PersistentVolume ${missed.name} is in ${missed.key} ${missed.value}`],
        }
      )
    },
  }
}
