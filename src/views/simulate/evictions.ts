import { wrapped } from '#base/wrap.ts'
import type { Simulation } from '#controller/simulate/simulate.ts'
import { counted } from '../names.ts'
import { evictedText } from '../plan/evictions.ts'

const shownPods = 6

/** `evicts 4 pods on 3 nodes: batch/train-0 (priority 0), …`; nothing if none are evicted. */
export function evictionLines({ evictions }: Simulation, width: number): string[] {
  const pods = evictions.flatMap((eviction) => eviction.pods)
  if (pods.length === 0) return []
  const nodes = new Set(evictions.map(({ node }) => node)).size
  const more = pods.length > shownPods ? ` and ${pods.length - shownPods} more` : ''
  const names = pods.slice(0, shownPods).map(evictedText).join(', ')
  return wrapped(`evicts ${counted(pods.length, 'pod')} on ${counted(nodes, 'node')}: ${names}${more}`, width)
}
