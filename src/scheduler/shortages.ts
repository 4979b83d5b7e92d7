import type { Node } from '#kube/types.ts'
import type { Amount } from './amounts.ts'
import { amountOf } from './amounts.ts'
import type { HostPort } from './host-ports.ts'
import { portsConflict } from './host-ports.ts'
import type { PodInfo } from './pod-info.ts'
import { allocatableOf, takesOf, usedOf, wantsOf } from './resources-fit.ts'

interface ResourceUser {
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

export interface PortConflict extends HostPort {
  readonly heldBy: Pick<ResourceUser, 'namespace' | 'pod' | 'priority'>
}

/** Of what a node has too little for a pod beside these, and who has it: `pods` first, as the scheduler names it first. */
export function shortagesOf(node: Node, pod: PodInfo, pods: readonly PodInfo[]): Shortage[] {
  if (!node.status?.allocatable) return []
  const found: Shortage[] = []
  for (const [resource, amount] of wantsOf(pod)) {
    const room = allocatableOf(node, resource)
    const used = usedOf(resource, pods)
    if (room === undefined || amount <= room - used) continue
    const weaker = pods.filter((one) => one.priority < pod.priority)
    const users = pods.map((one) => ({ one, takes: takesOf(resource, one) })).filter(({ takes }) => takes > 0)
    found.push({
      resource,
      wants: amountOf(resource, amount, Math.ceil),
      free: amountOf(resource, Math.max(0, room - used)),
      allocatable: amountOf(resource, room),
      usedBy: users
        .sort((one, other) => other.takes - one.takes)
        .map(({ one: { namespace, name, priority }, takes }) => ({
          namespace,
          pod: name,
          priority,
          amount: amountOf(resource, takes),
        })),
      preemptible: amountOf(resource, usedOf(resource, weaker)),
    })
  }
  return found
}

const holder = ({ namespace, name, priority }: PodInfo) => ({ namespace, pod: name, priority })

/** Which ports that a pod wants of the node these hold. */
export const portConflictsOf = ({ ports }: PodInfo, pods: readonly PodInfo[]): PortConflict[] =>
  ports.flatMap((port) =>
    pods
      .filter((one) => one.ports.some((held) => portsConflict(port, held)))
      .map((one) => ({ ...port, heldBy: holder(one) })),
  )

/** `cpu: needs 500m, only 300m of 4 free`. */
export const shortageText = ({ resource, wants, free, allocatable }: Shortage): string =>
  resource === 'pods'
    ? `the node is full: ${allocatable.text} of ${allocatable.text} pods`
    : `${resource}: needs ${wants.text}, only ${free.text} of ${allocatable.text} free`

/** `port 80/TCP is held by ingress/nginx-x`. */
export const portConflictText = ({ port, protocol, heldBy }: PortConflict): string =>
  `port ${port}/${protocol} is used by ${heldBy.namespace}/${heldBy.pod}`
