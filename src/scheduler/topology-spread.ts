import type { Node, TopologySpreadConstraint } from '#kube/types.ts'
import { selectorWithKeys } from './affinity-terms.ts'
import { filterOfAll, type NodeFilter, type Refusal } from './filter.ts'
import type { PodInfo } from './pod-info.ts'
import type { PodAim, Surroundings } from './surroundings.ts'
import { domainOf, TopologyCounts } from './topology-counts.ts'

const notMatched = "node(s) didn't match pod topology spread constraints"

/**
 * The filter PodTopologySpread, for constraints with DoNotSchedule; undefined without any. Where node affinity is honoured, as
 * it is by default, the pod of a DaemonSet knows no domain but that of its own node. Mirrors podtopologyspread/filtering.go.
 */
export function topologySpread(pod: PodInfo, around: Surroundings, aim: PodAim): NodeFilter | undefined {
  const hard = (pod.pod.spec?.topologySpreadConstraints ?? []).filter(
    (constraint) => constraint.whenUnsatisfiable !== 'ScheduleAnyway',
  )
  const hasAllKeys = (node: Node) =>
    hard.every(({ topologyKey }) => domainOf(node, topologyKey ?? '') !== undefined)
  const filters = hard.map((constraint) => oneConstraint(constraint, hasAllKeys, pod, around, aim))
  return filterOfAll(filters)
}

function oneConstraint(
  constraint: TopologySpreadConstraint,
  hasAllKeys: (node: Node) => boolean,
  pod: PodInfo,
  around: Surroundings,
  aim: PodAim,
): NodeFilter {
  const key = constraint.topologyKey ?? ''
  const labels = pod.pod.metadata?.labels ?? {}
  const selector = selectorWithKeys(constraint.labelSelector, labels, { same: constraint.matchLabelKeys })
  const honoursAffinity = constraint.nodeAffinityPolicy !== 'Ignore'
  const counts = (node: Node) =>
    hasAllKeys(node) &&
    (!honoursAffinity || aim.selects(node)) &&
    (constraint.nodeTaintsPolicy !== 'Honor' || aim.tolerates(node))
  const matching = (pods: readonly PodInfo[]) =>
    selector.empty
      ? 0
      : pods.filter(
          (one) =>
            !one.isTerminating &&
            one.namespace === pod.namespace &&
            selector.matches(one.pod.metadata?.labels),
        ).length
  const everywhere =
    honoursAffinity && aim.pinned ? undefined : new TopologyCounts({ key, count: matching, counts }, around)
  /** Of the pod's own node alone. */
  const onNode = (node: Node, pods: readonly PodInfo[]) => {
    const own = counts(node) ? matching(pods) : 0
    return { there: own, least: own, domains: counts(node) ? 1 : 0 }
  }
  const inAll = (all: TopologyCounts, node: Node, pods: readonly PodInfo[]) => ({
    there: all.around(node, pods),
    // Fewer pods in the node's own domain keep nobody from it, so what leaves it need not be thought of.
    least: all.least,
    domains: all.domains,
  })
  const self = selector.matches(labels) ? 1 : 0
  return {
    refusal(node, pods): Refusal | undefined {
      const domain = domainOf(node, key)
      if (domain === undefined)
        return {
          reasons: [`${notMatched} (missing required label)`],
          unresolvable: true,
          because: [`its topology spread needs the label ${key}, which the node lacks`],
        }
      const { there, least, domains } = everywhere ? inAll(everywhere, node, pods) : onNode(node, pods)
      const lowest = domains < (constraint.minDomains ?? 1) ? 0 : least
      if (there + self - lowest <= (constraint.maxSkew ?? 1)) return undefined
      return {
        reasons: [notMatched],
        unresolvable: false,
        because: [
          `its topology spread over ${key} allows a skew of ${constraint.maxSkew ?? 1}: ${domain} has ${there}, the least is ${lowest}`,
        ],
      }
    },
    ...(everywhere && { changed: (node) => everywhere.changed(node) }),
  }
}
