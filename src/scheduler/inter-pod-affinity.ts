import { nameOf } from '#kube/names.ts'
import type { Node } from '#kube/types.ts'
import { type AffinityTerm, requiredTerms } from './affinity-terms.ts'
import { filterOfAll, type NodeFilter, type Refusal } from './filter.ts'
import type { PodInfo } from './pod-info.ts'
import type { Surroundings } from './surroundings.ts'
import { TopologyCounts } from './topology-counts.ts'

/**
 * The filter InterPodAffinity: the pod's own required affinity and anti-affinity, and the anti-affinity of those that are
 * there. Undefined when nobody asks for any. Mirrors interpodaffinity/filtering.go.
 */
export function interPodAffinity(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const filters = [
    ownAffinity(pod, around),
    ownAntiAffinity(pod, around),
    othersAntiAffinity(pod, around),
  ].filter((filter) => filter !== undefined)
  return filterOfAll(filters)
}

const refused = (reason: string, unresolvable: boolean, because: string): Refusal => ({
  reasons: [reason],
  unresolvable,
  because: [because],
})

const recount = (counts: readonly TopologyCounts[]) => (node: Node) => {
  for (const count of counts) count.changed(node)
}

const countOf = (test: (pod: PodInfo) => boolean) => (pods: readonly PodInfo[]) =>
  pods.reduce((sum, pod) => sum + (test(pod) ? 1 : 0), 0)

/** Pods that match all terms must be in the node's domain of each; the first of its kind needs none but itself. */
function ownAffinity(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const terms = requiredTerms(pod.pod, 'podAffinity', around)
  if (terms.length === 0) return undefined
  const matchesAll = (other: PodInfo) => terms.every((term) => term.matches(other))
  const counts = terms.map(
    ({ topologyKey }) => new TopologyCounts({ key: topologyKey, count: countOf(matchesAll) }, around),
  )
  const matchesItself = matchesAll(pod)
  const refusal = refused(
    "node(s) didn't match pod affinity rules",
    true,
    `no pod there that its affinity asks for: ${terms.map(({ text }) => text).join(', ')}`,
  )
  return {
    refusal(node, pods) {
      if (counts.some((count) => count.domainOf(node) === undefined)) return refusal
      if (counts.every((count) => count.around(node, pods) > 0)) return undefined
      const isFirst = counts.every((count) => count.sum(node, pods) === 0)
      return isFirst && matchesItself ? undefined : refusal
    },
    changed: recount(counts),
  }
}

function ownAntiAffinity(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const terms = requiredTerms(pod.pod, 'podAntiAffinity', around)
  if (terms.length === 0) return undefined
  const counts = terms.map((term) => ({
    term,
    count: new TopologyCounts({ key: term.topologyKey, count: countOf(term.matches) }, around),
  }))
  return {
    refusal(node, pods) {
      const met = counts.find(({ count }) => count.around(node, pods) > 0)
      if (!met) return undefined
      const because = `its anti-affinity keeps it from ${met.term.text}`
      return refused("node(s) didn't match pod anti-affinity rules", false, because)
    },
    changed: recount(counts.map(({ count }) => count)),
  }
}

/** Of those that are there, and of the DaemonSet's own pods once they are. */
function othersAntiAffinity(pod: PodInfo, around: Surroundings): NodeFilter | undefined {
  const known = new WeakMap<object, AffinityTerm[]>()
  /** Those of its terms that are about pods like ours. */
  const termsOf = (other: PodInfo): AffinityTerm[] => {
    const asked = other.pod.spec?.affinity?.podAntiAffinity
    if (!asked) return []
    const about =
      known.get(asked) ??
      requiredTerms(other.pod, 'podAntiAffinity', around).filter((term) => term.matches(pod))
    known.set(asked, about)
    return about
  }
  const nodes = around.antiAffineNodes
  const all = nodes.flatMap((node) => around.podsOn(nameOf(node)))
  const keys = new Set([pod, ...all].flatMap((one) => termsOf(one).map(({ topologyKey }) => topologyKey)))
  if (keys.size === 0) return undefined
  const against = (other: PodInfo, key: string) => termsOf(other).some((term) => term.topologyKey === key)
  const counts = [...keys].map(
    (key) => new TopologyCounts({ key, nodes, count: countOf((other) => against(other, key)) }, around),
  )
  return {
    refusal(node, pods) {
      const met = counts.find((count) => count.around(node, pods) > 0)
      return (
        met &&
        refused(
          "node(s) didn't satisfy existing pods anti-affinity rules",
          false,
          words(met, node, pods, against),
        )
      )
    },
    changed: recount(counts),
  }
}

function words(
  count: TopologyCounts,
  node: Node,
  pods: readonly PodInfo[],
  against: (pod: PodInfo, key: string) => boolean,
): string {
  const there = pods.find((pod) => against(pod, count.key))
  const who = there
    ? `${there.namespace}/${there.name}`
    : `a pod in the same ${count.key} (${count.domainOf(node)})`
  return `the anti-affinity of ${who} keeps it away`
}
