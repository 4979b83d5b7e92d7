import { nameOf } from '#kube/names.ts'
import { stringIn } from '#kube/read.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import type { NodeTaint } from '#placement/decision.ts'
import { planPlacement } from '#placement/plan.ts'
import { nodeTaint, taintText, tolerationDifferences } from '#placement/tolerations.ts'
import { virtualLabelOf } from '#placement/virtual-nodes.ts'
import { amountOf, parseAmount } from '#scheduler/amounts.ts'
import { podRequests } from '#scheduler/pod-requests.ts'
import { askNodes, classesOf, inPod, isSystem, paste } from '../subject.ts'
import type { Checks } from '../types.ts'
import { required } from './demands.ts'
import { ownTolerations } from './tolerations.ts'

export const nodesText = (count: number) => `${count} ${count === 1 ? 'node' : 'nodes'}`

/** Keys of taints that come and go by themselves. */
const passing =
  /^(node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io)\/|^(ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler)$|^karpenter\.sh\//

/** What other clusters have: managed ones hide the nodes of their control plane. */
const elsewhere = /^(node-role\.kubernetes\.io\/(master|control-plane)|CriticalAddonsOnly)$/

const allocatable = (node: Node, resource: string) =>
  parseAmount(resource, node.status?.allocatable?.[resource] ?? 0) ?? 0

/** The share of a node's resource, from 0 to 1, that pods of DaemonSets take. */
function shareOf(resource: string, node: Node, sets: readonly DaemonSet[]): number {
  const has = allocatable(node, resource)
  const amounts = sets.map(({ spec }) => podRequests(spec?.template?.spec).get(resource) ?? 0)
  return amounts.reduce((sum, amount) => sum + amount / has, 0)
}

const osOf = (node: Node) => node.metadata?.labels?.['kubernetes.io/os'] ?? ''

/** What only the nodes can tell. */
export const nodes: Checks = askNodes({
  'no-match': {
    severity: 'error',
    why: 'The roll-out is done at once and nothing runs.',
    fix: 'look at the nearest: kds plan -f FILE --nodes FILE',
    find({ cluster }) {
      if (cluster.targets.length > 0) return
      const demands = cluster.plan.nearestMiss?.demands ?? []
      const missing = demands.find(({ matchingNodes }) => matchingNodes === 0)
      const seen = missing?.seenValues.map(({ value }) => value).join(', ')
      return {
        path: missing?.path ?? inPod(),
        message: missing
          ? `no node of ${cluster.nodes.length} has ${missing.text}${seen ? `; there is ${seen}` : ''}`
          : `no node of ${cluster.nodes.length} fits: taints or labels rule each of them out`,
      }
    },
  },
  'virtual-nodes': {
    severity: 'warning',
    why: 'Fargate and virtual kubelets run no daemon pods: they stay Pending and the roll-out never ends.',
    find({ cluster }) {
      const found = cluster.targets.filter(virtualLabelOf)
      const [first] = found
      if (!first) return
      const { key, value } = virtualLabelOf(first) ?? { key: '', value: '' }
      const term = { key, operator: 'NotIn', values: [value] }
      return {
        path: inPod(),
        part: 'key',
        message: `it lands on ${nodesText(found.length)} without a kubelet, ${nameOf(first)} first`,
        fix: paste('keep it off them', inPod(), {
          affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchExpressions: [term] }] } } },
        }),
      }
    },
  },
  'mixed-os': {
    severity: 'warning',
    why: 'An image of one operating system does not start on another.',
    find({ cluster }) {
      const systems = [...new Set(cluster.targets.map(osOf))].filter((os) => os !== '')
      if (systems.length < 2) return
      return {
        path: inPod(),
        part: 'key',
        message: `it lands on nodes of ${systems.join(' and ')}`,
        fix: paste('choose one', inPod(), { nodeSelector: { 'kubernetes.io/os': 'linux' } }),
      }
    },
  },
  'taint-gap': {
    severity: 'info',
    why: 'Nothing else keeps the pod off these nodes, and nothing says so later.',
    find({ cluster }) {
      const gaps = new Map<string, { readonly taint: NodeTaint; count: number }>()
      for (const { decision, node } of cluster.plan.nodes) {
        const [first, second] = decision.reasons
        if (
          first?.code !== 'UntoleratedTaint' ||
          second ||
          virtualLabelOf(node) ||
          passing.test(first.taint.key)
        )
          continue
        const text = taintText(first.taint)
        gaps.set(text, { taint: first.taint, count: (gaps.get(text)?.count ?? 0) + 1 })
      }
      if (gaps.size === 0) return
      const tolerations = [...gaps.values()].map(({ taint: { key, value, effect } }) =>
        value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect },
      )
      const all = [...gaps].map(([text, { count }]) => `${text} (${count})`).join(', ')
      const count = [...gaps.values()].reduce((sum, gap) => sum + gap.count, 0)
      return {
        path: inPod('tolerations'),
        part: 'key',
        message: `a single taint keeps it off ${nodesText(count)}: ${all}`,
        fix: paste('tolerate those that are meant', inPod(), { tolerations }),
      }
    },
  },
  'unused-toleration': {
    severity: 'info',
    why: 'A toleration that meets no taint is a typo or leftover.',
    fix: 'check its spelling against the taints: kubectl get nodes -o jsonpath={..taints}',
    *find(subject) {
      const taints = subject.cluster.nodes.flatMap(({ spec }) => (spec?.taints ?? []).map(nodeTaint))
      for (const own of ownTolerations(subject)) {
        if (own.key === '' || passing.test(own.key) || elsewhere.test(own.key)) continue
        const met = taints.some(
          (taint) => taint.key === own.key && tolerationDifferences(own, taint, false).length === 0,
        )
        if (met) continue
        const message = `no node here has a taint that ${own.text} tolerates`
        yield { path: inPod('tolerations', own.index ?? 0), message }
      }
    },
  },
  'overhead-node': {
    severity: 'warning',
    why: 'What DaemonSets use is not available to workloads, on every node.',
    fix: 'request less, or keep it off small nodes',
    *find({ cluster, daemonSet, others }) {
      for (const resource of ['cpu', 'memory']) {
        const size = (node: Node) => allocatable(node, resource)
        const sized = cluster.targets.filter((node) => size(node) > 0)
        const node = sized.sort((a, b) => size(a) - size(b))[0]
        if (!node) continue
        const beside = others.filter((other) => planPlacement(other, [node], 'default').count.run > 0)
        const own = shareOf(resource, node, [daemonSet])
        const all = shareOf(resource, node, [daemonSet, ...beside])
        if (own < 0.1 || all <= 0.5) continue
        const percent = (share: number) => `${Math.round(share * 100)}%`
        const rest =
          beside.length > 0
            ? `, with the other ${beside.length === 1 ? 'DaemonSet' : `${beside.length} DaemonSets`} there ${percent(all)}`
            : ''
        yield {
          path: inPod('containers'),
          part: 'key',
          message: `it takes ${percent(own)} of the ${amountOf(resource, size(node)).text} ${resource} of ${nameOf(node)}${rest}`,
        }
      }
    },
  },
  'priority-class-missing': {
    severity: 'error',
    why: 'The DaemonSet is taken, and each of its pods is refused.',
    fix: 'create it first: kubectl get priorityclasses lists those that there are',
    find(subject) {
      const { cluster, pod } = subject
      const name = stringIn(pod, 'priorityClassName')
      if ((cluster.priorityClasses ?? []).length === 0 || name === '' || isSystem(pod)) return
      if (classesOf(subject).some(({ metadata }) => metadata?.name === name)) return
      return { path: inPod('priorityClassName'), message: `there is no PriorityClass ${name}` }
    },
  },
})
