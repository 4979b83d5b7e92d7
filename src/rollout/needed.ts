import type { ContainerStatus, Maybe, Node, Pod } from '#kube/types.ts'

/** As much of a DaemonSet's own pod as its state is told from: thousands of them are kept at a time. */
export function neededOfPod({ metadata, spec, status }: Pod): Pod {
  const { name, namespace, uid, labels, ownerReferences, creationTimestamp } = metadata ?? {}
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata ?? {}
  const { phase, reason, message, startTime, nominatedNodeName, conditions } = status ?? {}
  const placed = spec?.nodeName ? { nodeName: spec.nodeName } : { affinity: spec?.affinity }
  return {
    metadata: {
      name,
      namespace,
      uid,
      labels,
      ownerReferences,
      creationTimestamp,
      ...(deletionTimestamp ? { deletionTimestamp, deletionGracePeriodSeconds } : {}),
    },
    spec: {
      ...placed,
      initContainers: imagesOf(spec?.initContainers),
      containers: imagesOf(spec?.containers),
    },
    status: {
      phase,
      reason,
      message,
      startTime,
      nominatedNodeName,
      conditions: conditions?.filter((one) => one?.type === 'Ready' || one?.type === 'PodScheduled'),
      initContainerStatuses: toldOf(status?.initContainerStatuses),
      containerStatuses: toldOf(status?.containerStatuses),
    },
  }
}

const imagesOf = (containers: Maybe<readonly { name?: Maybe<string>; image?: Maybe<string> }[]>) =>
  containers?.map(({ name, image }) => ({ name, image }))

const toldOf = (all: Maybe<readonly ContainerStatus[]>) =>
  all?.map(({ name, ready, restartCount, state, lastState }) => ({
    name,
    ready,
    restartCount,
    state,
    lastState,
  }))

const told = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'])

/** As much of a node as placement, the state of pods on it, and the room on it are told from. */
export function neededOfNode({ metadata, spec, status }: Node): Node {
  return {
    metadata: {
      name: metadata?.name,
      labels: metadata?.labels,
      creationTimestamp: metadata?.creationTimestamp,
    },
    spec: { taints: spec?.taints, unschedulable: spec?.unschedulable },
    status: {
      allocatable: status?.allocatable,
      conditions: status?.conditions?.filter((one) => told.has(one?.type ?? '')),
    },
  }
}
