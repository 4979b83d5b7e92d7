import { stringIn } from '#kube/read.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import type { NodeTaint } from '#placement/decision.ts'
import { planPlacement } from '#placement/plan.ts'
import { nodeTaint, taintText, tolerationDifferences } from '#placement/tolerations.ts'
import { amountOf, parseAmount } from '#scheduler/amounts.ts'
import { podRequests } from '#scheduler/pod-requests.ts'
import { paste, podPath } from '../subject.ts'
import type { Check, Found, Subject } from '../types.ts'
import { ownTolerations } from './tolerations.ts'

export const nameOf = (node: Node) => node.metadata?.name ?? ''
export const nodesText = (count: number) => `${count} ${count === 1 ? 'node' : 'nodes'}`

/** Keys of taints that come and go by themselves. */
const passing =
  /^(node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io)\/|^(ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler)$|^karpenter\.sh\//

/** What other clusters have: managed ones hide the nodes of their control plane. */
const elsewhere = /^(node-role\.kubernetes\.io\/(master|control-plane)|CriticalAddonsOnly)$/

const isVirtual = ({ metadata, spec }: Node) =>
  metadata?.labels?.type === 'virtual-kubelet' ||
  metadata?.labels?.['eks.amazonaws.com/compute-type'] === 'fargate' ||
  (spec?.taints ?? []).some((taint) => taint?.key === 'virtual-kubelet.io/provider')

function* noMatch({ cluster }: Subject): Iterable<Found> {
  if (!cluster || cluster.targets.length > 0) return
  const { nearestMiss } = cluster.plan
  const [missing] = (nearestMiss?.demands ?? []).filter(({ matchingNodes }) => matchingNodes === 0)
  const seen = missing?.seenValues.map(({ value }) => value).join(', ')
  yield {
    path: missing?.path ?? podPath,
    message: missing
      ? `no node of ${cluster.nodes.length} has ${missing.text}${seen ? `; there is ${seen}` : ''}`
      : `no node of ${cluster.nodes.length} fits: taints or labels rule each of them out`,
    fix: { text: 'look at the nearest: kds plan -f FILE --nodes FILE' },
  }
}

function* virtualNodes({ cluster }: Subject): Iterable<Found> {
  const found = (cluster?.targets ?? []).filter(isVirtual)
  const [first] = found
  if (!first) return
  const fargate = first.metadata?.labels?.['eks.amazonaws.com/compute-type'] !== undefined
  const key = fargate ? 'eks.amazonaws.com/compute-type' : 'type'
  const term = { key, operator: 'NotIn', values: [fargate ? 'fargate' : 'virtual-kubelet'] }
  yield {
    path: podPath,
    part: 'key',
    message: `it lands on ${nodesText(found.length)} without a kubelet, ${nameOf(first)} first`,
    fix: paste('keep it off them', podPath, {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [term] }],
          },
        },
      },
    }),
  }
}

function* taintGaps({ cluster }: Subject): Iterable<Found> {
  const gaps = new Map<string, { readonly taint: NodeTaint; count: number }>()
  for (const { decision, node } of cluster?.plan.nodes ?? []) {
    const [first, second] = decision.reasons
    if (first?.code !== 'UntoleratedTaint' || second || isVirtual(node) || passing.test(first.taint.key))
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
  yield {
    path: [...podPath, 'tolerations'],
    part: 'key',
    message: `a single taint keeps it off ${nodesText(count)}: ${all}`,
    fix: paste('tolerate those that are meant', podPath, { tolerations }),
  }
}

function* unusedTolerations(subject: Subject): Iterable<Found> {
  const taints = (subject.cluster?.nodes ?? []).flatMap(({ spec }) => (spec?.taints ?? []).map(nodeTaint))
  for (const own of ownTolerations(subject)) {
    if (own.key === '' || passing.test(own.key) || elsewhere.test(own.key)) continue
    if (
      taints.some((taint) => taint.key === own.key && tolerationDifferences(own, taint, false).length === 0)
    )
      continue
    yield {
      path: [...podPath, 'tolerations', own.index ?? 0],
      message: `no node here has a taint that ${own.text} tolerates`,
      fix: { text: 'check its spelling against the taints: kubectl get nodes -o jsonpath={..taints}' },
    }
  }
}

/** Shares of a node, from 0 to 1, by resource. */
function shares(node: Node, sets: readonly DaemonSet[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const one of sets)
    for (const [resource, amount] of podRequests(one.spec?.template?.spec)) {
      const has = parseAmount(resource, node.status?.allocatable?.[resource] ?? 0) ?? 0
      if (has > 0) found.set(resource, (found.get(resource) ?? 0) + amount / has)
    }
  return found
}

function* overhead({ cluster, daemonSet, others }: Subject): Iterable<Found> {
  for (const resource of ['cpu', 'memory']) {
    const size = (node: Node) => parseAmount(resource, node.status?.allocatable?.[resource] ?? 0) ?? 0
    const sized = (cluster?.targets ?? []).filter((node) => size(node) > 0)
    const node = sized.sort((a, b) => size(a) - size(b))[0]
    if (!node) continue
    const together = [
      daemonSet,
      ...others.filter((other) => planPlacement(other, [node], 'default').count.run > 0),
    ]
    const own = shares(node, [daemonSet]).get(resource) ?? 0
    const all = shares(node, together).get(resource) ?? 0
    if (own < 0.1 || all <= 0.5) continue
    const percent = (share: number) => `${Math.round(share * 100)} %`
    const rest =
      together.length > 1 ? `, with the other ${together.length - 1} DaemonSets there ${percent(all)}` : ''
    yield {
      path: [...podPath, 'containers'],
      part: 'key',
      message: `it takes ${percent(own)} of the ${amountOf(resource, size(node)).text} ${resource} of ${nameOf(node)}${rest}`,
      fix: { text: 'request less, or keep it off small nodes' },
    }
  }
}

const osOf = (node: Node) => node.metadata?.labels?.['kubernetes.io/os'] ?? ''

function* mixedSystems({ cluster }: Subject): Iterable<Found> {
  const systems = [...new Set((cluster?.targets ?? []).map(osOf))].filter((os) => os !== '')
  if (systems.length < 2) return
  const value = { nodeSelector: { 'kubernetes.io/os': 'linux' } }
  yield {
    path: podPath,
    part: 'key',
    message: `it lands on nodes of ${systems.join(' and ')}`,
    fix: paste('choose one', podPath, value),
  }
}

function* unknownClass({ beside, cluster, pod }: Subject): Iterable<Found> {
  const name = stringIn(pod, 'priorityClassName')
  const known = [
    ...(cluster?.priorityClasses ?? []),
    ...beside.filter(({ kind }) => kind === 'PriorityClass'),
  ]
  if (
    (cluster?.priorityClasses ?? []).length === 0 ||
    name === '' ||
    /^system-(node|cluster)-critical$/.test(name)
  )
    return
  if (known.some(({ metadata }) => metadata?.name === name)) return
  yield {
    path: [...podPath, 'priorityClassName'],
    message: `there is no PriorityClass ${name}`,
    fix: { text: 'create it first: kubectl get priorityclasses lists those that there are' },
  }
}

/** What only the nodes can tell. */
export const nodes: readonly Check[] = [
  {
    id: 'no-match',
    severity: 'error',
    why: 'The roll-out is done at once and nothing runs.',
    needsNodes: true,
    find: noMatch,
  },
  {
    id: 'virtual-nodes',
    severity: 'warning',
    why: 'Fargate and virtual kubelets run no daemon pods: they stay Pending and the roll-out never ends.',
    needsNodes: true,
    find: virtualNodes,
  },
  {
    id: 'mixed-os',
    severity: 'warning',
    why: 'An image of one operating system does not start on another.',
    needsNodes: true,
    find: mixedSystems,
  },
  {
    id: 'taint-gap',
    severity: 'info',
    why: 'Nothing else keeps the pod off these nodes, and nothing says so later.',
    needsNodes: true,
    find: taintGaps,
  },
  {
    id: 'unused-toleration',
    severity: 'info',
    why: 'A toleration that meets no taint is a mistake in writing, or left over.',
    needsNodes: true,
    find: unusedTolerations,
  },
  {
    id: 'overhead-node',
    severity: 'warning',
    why: 'What DaemonSets take is missing for workloads, on every node again.',
    needsNodes: true,
    find: overhead,
  },
  {
    id: 'priority-class-missing',
    severity: 'error',
    why: 'The DaemonSet is taken, and each of its pods is refused.',
    needsNodes: true,
    find: unknownClass,
  },
]
