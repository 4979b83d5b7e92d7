import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet, Node, Pod, PodSpec, PriorityClass } from '#kube/types.ts'
import type { Amount } from './amounts.ts'
import { amountOf, parseAmount } from './amounts.ts'
import type { HostPort } from './host-ports.ts'
import { hostPorts, portsConflict } from './host-ports.ts'
import type { PodPriority } from './pod-priority.ts'
import { podPriority } from './pod-priority.ts'
import type { Requests } from './pod-requests.ts'
import { podRequests } from './pod-requests.ts'

export interface FitInput {
  readonly node: Node
  /** All pods of all namespaces that stand on the node; finished ones may be among them. */
  readonly pods: readonly Pod[]
  /** Its template is judged; its own pods on the node do not count, because they make room. */
  readonly daemonSet: DaemonSet
  /** With surge the old pod stays while the new one starts, so it does count. Default: it does not. */
  readonly ownPodsStay?: boolean | undefined
  readonly priorityClasses?: readonly PriorityClass[] | undefined
}

export interface ResourceUser {
  readonly namespace: string
  readonly pod: string
  readonly priority: number
  readonly amount: Amount
}

export interface Shortage {
  /** `cpu`, `memory`, `pods`, `nvidia.com/gpu` … */
  readonly resource: string
  readonly wants: Amount
  readonly free: Amount
  readonly allocatable: Amount
  /** Largest first. */
  readonly usedBy: readonly ResourceUser[]
  /** How much of it pods of lower priority hold. */
  readonly preemptible: Amount
}

export interface PortConflict {
  readonly port: number
  readonly protocol: string
  readonly hostIP: string
  readonly heldBy: Pick<ResourceUser, 'namespace' | 'pod' | 'priority'>
}

export interface Fit {
  readonly node: string
  readonly fits: boolean
  readonly shortages: readonly Shortage[]
  readonly portConflicts: readonly PortConflict[]
  readonly priority: {
    readonly value: number
    readonly className: string | undefined
    readonly known: boolean
  }
  /** It does not fit, but removing pods of lower priority would make room. Said, never simulated. */
  readonly couldPreempt: boolean
  /** What could not be judged: no allocatable, an unreadable quantity, an unknown priority class. */
  readonly unknown: readonly string[]
  /** One line for people; empty when it fits. */
  readonly message: string
}

export interface FitterInput {
  readonly daemonSet: DaemonSet
  /** Pods of all nodes and namespaces. */
  readonly pods: readonly Pod[]
  readonly priorityClasses?: readonly PriorityClass[] | undefined
}

/** Answers for one node. `ownPodsStay`: with surge the DaemonSet's old pod is still there when the new one starts. */
export type Fitter = (node: Node, ownPodsStay?: boolean) => Fit

/** What a pod on the node takes. */
interface Tenant {
  readonly namespace: string
  readonly pod: string
  readonly priority: number
  readonly requests: Requests
  readonly ports: readonly HostPort[]
  readonly own: boolean
}

interface Wanted {
  readonly requests: Requests
  readonly ports: readonly HostPort[]
  readonly priority: PodPriority
  readonly unknown: readonly string[]
}

/**
 * Would the scheduler find room for the DaemonSet's pod on a node? Resources, pod count and host ports, as its filters
 * NodeResourcesFit and NodePorts reckon them; volumes, devices claimed by DRA and pod affinity are not judged. Pods that have
 * ended do not count, terminating ones do. Preemption is reported, not carried out.
 */
export function fitter(input: FitterInput): Fitter {
  const classes = input.priorityClasses ?? []
  const unreadable = new Set<string>()
  const spec = input.daemonSet.spec?.template?.spec
  const priority = podPriority(spec, classes)
  const requests = podRequests(spec, unreadable)
  const unknown = [...unreadable].map((text) => `cannot read the request ${text}`)
  if (!priority.known) unknown.push(`priority class ${priority.className} is not known`)
  const wanted: Wanted = { requests, ports: hostPorts(spec), priority, unknown }
  const uid = input.daemonSet.metadata?.uid
  const byNode = podsByNode(input.pods)
  return (node, ownPodsStay = false) => {
    const tenants = (byNode.get(node.metadata?.name ?? '') ?? []).map((pod) => tenantOf(pod, classes, uid))
    return judge(node, wanted, ownPodsStay ? tenants : tenants.filter((tenant) => !tenant.own))
  }
}

/** `fitter` for a single node and its pods. */
export const judgeFit = (input: FitInput): Fit => fitter(input)(input.node, input.ownPodsStay)

function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    const name = pod.spec?.nodeName
    const phase = pod.status?.phase
    if (!name || phase === 'Succeeded' || phase === 'Failed') continue
    const there = byNode.get(name)
    if (there) there.push(pod)
    else byNode.set(name, [pod])
  }
  return byNode
}

function tenantOf(pod: Pod, classes: readonly PriorityClass[], uid: string | null | undefined): Tenant {
  const spec: PodSpec | null | undefined = pod.spec
  return {
    namespace: pod.metadata?.namespace ?? '',
    pod: pod.metadata?.name ?? '',
    priority: podPriority(spec, classes).value,
    requests: podRequests(spec),
    ports: hostPorts(spec),
    own: Boolean(uid) && controllerOf(pod)?.uid === uid,
  }
}

function judge(node: Node, wanted: Wanted, tenants: readonly Tenant[]): Fit {
  const shortages = shortagesOf(node, wanted, tenants)
  const portConflicts = conflictsOf(wanted.ports, tenants)
  const fits = shortages.length === 0 && portConflicts.length === 0
  const stronger = tenants.filter((tenant) => tenant.priority >= wanted.priority.value)
  const couldPreempt =
    !fits &&
    wanted.priority.preempts &&
    shortagesOf(node, wanted, stronger).length === 0 &&
    conflictsOf(wanted.ports, stronger).length === 0
  const unknown = node.status?.allocatable
    ? wanted.unknown
    : [...wanted.unknown, 'the node names no allocatable resources']
  const { value, className, known } = wanted.priority
  return {
    node: node.metadata?.name ?? '',
    fits,
    shortages,
    portConflicts,
    priority: { value, className, known },
    couldPreempt,
    unknown,
    message: fits ? '' : describe(shortages, portConflicts, couldPreempt),
  }
}

/** `pods` first, as the scheduler names it first; a resource that the node does not have is one of which it has none. */
function shortagesOf(node: Node, wanted: Wanted, tenants: readonly Tenant[]): Shortage[] {
  const allocatable = node.status?.allocatable
  if (!allocatable) return []
  const wants = new Map([['pods', 1], ...wanted.requests])
  const found: Shortage[] = []
  for (const [resource, amount] of wants) {
    const room = Object.hasOwn(allocatable, resource) ? parseAmount(resource, allocatable[resource] ?? '') : 0
    if (amount <= 0 || room === undefined) continue
    const users = tenants
      .map((tenant) => ({ tenant, takes: resource === 'pods' ? 1 : (tenant.requests.get(resource) ?? 0) }))
      .filter((user) => user.takes > 0)
    const used = users.reduce((sum, user) => sum + user.takes, 0)
    if (amount <= room - used) continue
    const weaker = users.filter((user) => user.tenant.priority < wanted.priority.value)
    found.push({
      resource,
      wants: amountOf(resource, amount, Math.ceil),
      free: amountOf(resource, Math.max(0, room - used)),
      allocatable: amountOf(resource, room),
      usedBy: users
        .sort((one, other) => other.takes - one.takes)
        .map(({ tenant, takes }) => user(tenant, resource, takes)),
      preemptible: amountOf(
        resource,
        weaker.reduce((sum, one) => sum + one.takes, 0),
      ),
    })
  }
  return found
}

const user = ({ namespace, pod, priority }: Tenant, resource: string, takes: number): ResourceUser => ({
  namespace,
  pod,
  priority,
  amount: amountOf(resource, takes),
})

const conflictsOf = (ports: readonly HostPort[], tenants: readonly Tenant[]): PortConflict[] =>
  ports.flatMap((port) =>
    tenants
      .filter((tenant) => tenant.ports.some((held) => portsConflict(port, held)))
      .map(({ namespace, pod, priority }) => ({ ...port, heldBy: { namespace, pod, priority } })),
  )

function describe(
  shortages: readonly Shortage[],
  conflicts: readonly PortConflict[],
  couldPreempt: boolean,
): string {
  const parts = [
    ...shortages.map(({ resource, wants, free, allocatable }) =>
      resource === 'pods'
        ? `the node is full: ${allocatable.text} of ${allocatable.text} pods`
        : `${resource}: needs ${wants.text}, only ${free.text} of ${allocatable.text} free`,
    ),
    ...conflicts.map(
      ({ port, protocol, heldBy }) => `port ${port}/${protocol} is held by ${heldBy.namespace}/${heldBy.pod}`,
    ),
  ]
  return parts.join('; ') + (couldPreempt ? '; pods of lower priority could be preempted' : '')
}
