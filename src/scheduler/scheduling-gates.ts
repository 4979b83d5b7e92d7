import type { NodeFilter } from './filter.ts'
import type { PodInfo } from './pod-info.ts'

/** The plugin SchedulingGates: a pod with gates is not looked at until someone takes them away. Undefined without any. */
export function schedulingGates({ pod }: PodInfo): NodeFilter | undefined {
  const gates = pod.spec?.schedulingGates ?? []
  if (gates.length === 0) return undefined
  const names = gates.map((gate) => gate?.name ?? '').join(', ')
  const refusal = {
    reasons: ['Scheduling is blocked due to non-empty scheduling gates'],
    unresolvable: true,
    because: [`the pod stays SchedulingGated until its scheduling gates are removed: ${names}`],
  }
  return { refusal: () => refusal }
}
