import type { NodeFilter } from './filter.ts'
import type { PodInfo } from './pod-info.ts'
import type { PodAim, Surroundings } from './surroundings.ts'

/**
 * The filter NodeAffinity: the pod's node selector and required node affinity. The DaemonSet controller has asked the template's
 * before it makes a pod; what admission adds, as a RuntimeClass' node selector, it does not know of.
 */
export function nodeAffinity({ pod }: PodInfo, _: Surroundings, { selects }: PodAim): NodeFilter {
  const wanted = Object.entries(pod.spec?.nodeSelector ?? {})
  return {
    refusal(node) {
      if (selects(node)) return undefined
      const unmet = wanted.filter(([key, value]) => node.metadata?.labels?.[key] !== value)
      return {
        reasons: ["node(s) didn't match Pod's node affinity/selector"],
        unresolvable: true,
        because: unmet.map(([key, value]) => `the pod asks for nodes with label ${key}=${value}`),
      }
    },
  }
}
