import type { Condition, Taint } from '#kube/types.ts'
import type { StoredNode } from '../store/store.ts'

/** What a kubelet that is well says of its node: type, status, reason, message. */
const healthy = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const

/** The conditions of a node whose kubelet speaks for the first time. */
export const healthyConditions = (now: string): Condition[] =>
  healthy.map(([type, status, reason, message]) => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  }))

/** A condition of a node whose kubelet speaks again. */
export function recovered(condition: Condition, now: string): Condition {
  const known = healthy.find(([type]) => type === condition.type)
  if (!known || condition.status === known[1]) return condition
  const [, status, reason, message] = known
  return { ...condition, status, reason, message, lastTransitionTime: now }
}

/** A condition of a node whose kubelet has fallen silent. */
export const unknown = (condition: Condition, now: string): Condition => ({
  ...condition,
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
  lastTransitionTime: now,
})

/** The status of a node's Ready condition; undefined: its kubelet has not spoken yet. */
export const readinessOf = (node: StoredNode): string | undefined =>
  node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status ?? undefined

const pressures = [
  ['MemoryPressure', 'memory-pressure'],
  ['DiskPressure', 'disk-pressure'],
  ['PIDPressure', 'pid-pressure'],
  ['NetworkUnavailable', 'network-unavailable'],
] as const

/** Taints that say what a node's conditions and its cordon say; they come and go with them. */
export function conditionTaints(node: StoredNode): Taint[] {
  const taints: Taint[] = []
  const ready = readinessOf(node)
  // A node joins with this taint, and loses it when its kubelet has spoken.
  if (ready === undefined) taints.push({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' })
  const both = (key: string) => taints.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' })
  if (ready === 'False') both('node.kubernetes.io/not-ready')
  else if (ready !== undefined && ready !== 'True') both('node.kubernetes.io/unreachable')
  for (const [type, name] of pressures)
    if (node.status?.conditions?.some((one) => one.type === type && one.status === 'True'))
      taints.push({ key: `node.kubernetes.io/${name}`, effect: 'NoSchedule' })
  if (node.spec?.unschedulable) taints.push({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
  return taints
}
