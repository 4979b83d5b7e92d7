import { type NodeFilter, refusesAll } from '../filter.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Surroundings } from '../surroundings.ts'

const zone = 'topology.kubernetes.io/zone'
const region = 'topology.kubernetes.io/region'
const olderZone = 'failure-domain.beta.kubernetes.io/zone'
const olderRegion = 'failure-domain.beta.kubernetes.io/region'
/** On a node the newer label serves for the older one, too. */
const newer = new Map([
  [olderZone, zone],
  [olderRegion, region],
])
const topologyLabels = [olderZone, olderRegion, zone, region]

/**
 * The filter VolumeZone: where a bound volume has labels of a zone or region, the node must be in one of them. A node without
 * any such label is taken. Undefined when no volume has such labels. Mirrors volumezone/volume_zone.go.
 */
export function volumeZone(pod: PodInfo, { storage }: Surroundings): NodeFilter | undefined {
  const claims = storage.claimsOf(pod.pod).filter(({ isMade }) => !isMade)
  const names = claims.flatMap(({ claim }) => claim?.spec?.volumeName || [])
  const gone = storage.knows('persistentVolumes') && names.find((name) => !storage.volume(name))
  if (gone) return refusesAll(`persistentvolume "${gone}" not found`)
  const wants = names.flatMap((name) =>
    topologyLabels.flatMap((key) => {
      const value = storage.volume(name)?.metadata?.labels?.[key]
      return value === undefined ? [] : { name, key, value, values: value.split('__') }
    }),
  )
  if (wants.length === 0) return undefined
  return {
    refusal({ metadata }) {
      const labels = metadata?.labels ?? {}
      if (!topologyLabels.some((key) => labels[key] !== undefined)) return undefined
      const missed = wants.find(({ key, values }) => {
        const there = labels[key] ?? labels[newer.get(key) ?? '']
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
