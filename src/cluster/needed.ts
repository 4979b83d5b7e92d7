/** As much of pods and nodes as anything here looks at: tens of thousands of them are kept at a time. */
import { isResizing } from '#kube/resized.ts'
import type { Affinity, Container, ContainerStatus, Maybe, Node, Pod, PodSpec } from '#kube/types.ts'

/** The kubelet's and the node controller's own; other conditions, as of a problem detector, may be many. */
const conditions = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'])

export const neededOfNode = (node: Node): Node =>
  nodeWith(
    node,
    node.status?.conditions?.filter((one) => conditions.has(one?.type ?? '')),
  )

function nodeWith(
  { apiVersion, kind, metadata, spec, status }: Node,
  conditions: NonNullable<Node['status']>['conditions'],
): Node {
  const { name, uid, labels, creationTimestamp } = metadata ?? {}
  return {
    apiVersion,
    kind,
    metadata: { name, uid, labels, creationTimestamp },
    spec: { taints: spec?.taints, unschedulable: spec?.unschedulable },
    status: { allocatable: status?.allocatable, conditions },
  }
}

/** What the state of a DaemonSet is told from of a node: whether its pod may run there, has the room, and whether the node is well. */
export function stateOfNode(node: Node): Node {
  const conditions = node.status?.conditions
    ?.filter((one) => one?.type === 'Ready')
    .map(({ type, status: is, message, lastTransitionTime }) => ({
      type,
      status: is,
      message,
      lastTransitionTime,
    }))
  return nodeWith(node, conditions)
}

/** How nodes are asked for of which no more than that is told. */
export const stateNodes = {
  keep: stateOfNode,
  fields: `metadata { name uid resourceVersion labels creationTimestamp } spec { taints unschedulable }
    status { allocatable conditions:Ready { type status message lastTransitionTime } }`,
}

const resizePending = 'PodResizePending'
/** The conditions of pods that anything looks at. */
const told = ['Ready', 'PodScheduled', 'DisruptionTarget', resizePending]

const containerFields = '{ name image resources ports restartPolicy }'
const statusFields = '{ name ready restartCount state lastState }'
const resourceFields = 'allocatedResources resources'
const wholeStatusFields = `{ name ready restartCount state lastState ${resourceFields} }`

/** All that {@link neededOfPod} looks at; `more` of its spec. */
export const podFields = (more = '') => `
  metadata {
    name namespace uid labels ownerReferences creationTimestamp deletionTimestamp deletionGracePeriodSeconds
  }
  spec {
    nodeName affinity hostNetwork overhead resources priority priorityClassName ${more}
    containers ${containerFields} initContainers ${containerFields}
  }
  status {
    phase reason message startTime nominatedNodeName conditions:${told.join(':')} ${resourceFields}
    containerStatuses ${wholeStatusFields} initContainerStatuses ${wholeStatusFields}
  }`

/** What the state of a DaemonSet's own pod is told from. */
export function stateOfPod({ metadata, spec, status }: Pod): Pod {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata ?? {}
  return {
    metadata: identityOf(
      metadata,
      deletionTimestamp ? { deletionTimestamp, deletionGracePeriodSeconds } : {},
    ),
    spec: {
      initContainers: spec?.initContainers?.map(imageOf),
      containers: spec?.containers?.map(imageOf),
      ...(spec?.nodeName ? { nodeName: spec.nodeName } : { affinity: spec?.affinity }),
    },
    status: ownStatus(status, false),
  }
}

/**
 * What plans and the scheduler's rules look at. A pod that is over uses nothing, and matters only where a controller might
 * replace it.
 *
 * @param own Its state is told, too.
 */
export function neededOfPod(
  { apiVersion, kind, metadata, spec, status }: Pod,
  own: boolean,
): Pod | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds, ownerReferences } = metadata ?? {}
  const ofDaemonSet = ownerReferences?.some((owner) => owner.kind === 'DaemonSet') ?? false
  const over = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  if (over && !ofDaemonSet && (ownerReferences?.length ?? 0) > 0) return undefined
  const resizing = isResizing({ spec, status })
  return {
    apiVersion,
    kind,
    metadata: identityOf(
      metadata,
      own ? { deletionTimestamp, deletionGracePeriodSeconds } : { deletionTimestamp },
    ),
    spec: roomOf(spec, own ? ownContainers : neededContainers),
    status: own
      ? ownStatus(status, resizing)
      : {
          phase: status?.phase,
          startTime: status?.startTime,
          ...(spec?.nodeName ? {} : { nominatedNodeName: status?.nominatedNodeName }),
          conditions: status?.conditions?.filter(
            ({ type }) =>
              type === 'Ready' || type === 'DisruptionTarget' || (resizing && type === resizePending),
          ),
          ...(resizing && {
            ...resourcesTold(status),
            containerStatuses: status?.containerStatuses?.map(resourcesOf),
            initContainerStatuses: status?.initContainerStatuses?.map(resourcesOf),
          }),
        },
  }
}

// What is spread comes last, here and above: else each of thousands of objects would have a shape of its own in Node 20.
function identityOf(metadata: Pod['metadata'], more: Pod['metadata']): Pod['metadata'] {
  const { name, namespace, uid, labels, ownerReferences, creationTimestamp } = metadata ?? {}
  return { name, namespace, uid, labels, ownerReferences, creationTimestamp, ...more }
}

function roomOf(spec: Maybe<PodSpec>, containersOf: typeof neededContainers): PodSpec {
  const { nodeName, affinity, hostNetwork, overhead, resources, priority, priorityClassName } = spec ?? {}
  return {
    containers: containersOf(spec?.containers),
    initContainers: containersOf(spec?.initContainers),
    nodeName,
    hostNetwork,
    overhead,
    resources,
    priority,
    priorityClassName,
    affinity: nodeName ? towardsOthers(affinity) : affinity,
  }
}

/** What a pod that is on a node may have against others on it. */
const towardsOthers = (affinity: Maybe<Affinity>) =>
  affinity?.podAntiAffinity && { podAntiAffinity: affinity.podAntiAffinity }

/** Told of every pod by now; for nearly all it is what the spec says. */
const resourcesTold = (told: Maybe<Pick<ContainerStatus, 'allocatedResources' | 'resources'>>) => ({
  allocatedResources: told?.allocatedResources,
  resources: told?.resources,
})

const resourcesOf = (one: ContainerStatus): ContainerStatus => ({ name: one.name, ...resourcesTold(one) })

function ownStatus(status: Pod['status'], resizing: boolean): Pod['status'] {
  const { phase, reason, message, startTime, nominatedNodeName, conditions } = status ?? {}
  return {
    phase,
    reason,
    message,
    startTime,
    ...(nominatedNodeName ? { nominatedNodeName } : {}),
    conditions: conditions?.filter(
      (one) =>
        one?.type === 'Ready' || one?.type === 'PodScheduled' || (resizing && one?.type === resizePending),
    ),
    ...(resizing && resourcesTold(status)),
    containerStatuses: toldOf(status?.containerStatuses, resizing),
    initContainerStatuses: toldOf(status?.initContainerStatuses, resizing),
  }
}

const toldOf = (all: Maybe<readonly ContainerStatus[]>, resizing: boolean) =>
  all?.map((one) => ({
    name: one.name,
    ready: one.ready,
    restartCount: one.restartCount,
    state: one.state,
    lastState: one.lastState,
    ...(resizing && resourcesTold(one)),
  }))

const imageOf = ({ name, image }: Container): Container => ({ name, image })

const ownContainers = remembering(
  ({ name, image, resources, ports, restartPolicy }: Container): Container => ({
    name,
    image,
    resources: nonEmpty(resources),
    ports,
    restartPolicy,
  }),
)

const neededContainers = remembering(
  ({ name, resources, ports, restartPolicy }: Container): Container => ({
    name,
    resources: nonEmpty(resources),
    ports,
    restartPolicy,
  }),
)

/** Makes a list of another, once for those with the same items that come one after another, as of a template's pods. */
function remembering<T, U>(make: (one: T) => U) {
  let [last, made]: [readonly T[], readonly U[]] = [[], []]
  return (all: Maybe<readonly T[]>): readonly U[] | undefined => {
    if (!all) return undefined
    if (all.length !== last.length || all.some((one, at) => one !== last[at])) {
      last = all
      made = all.map(make)
    }
    return made
  }
}

const nonEmpty = <T extends object>(value: Maybe<T>): T | undefined =>
  value && Object.keys(value).length > 0 ? value : undefined

/** How pods of a DaemonSet are asked for of whose state alone is told. */
export const statePods = {
  keep: stateOfPod,
  fields: `
    metadata {
      name namespace uid resourceVersion labels ownerReferences { kind name uid controller }
      creationTimestamp deletionTimestamp deletionGracePeriodSeconds
    }
    spec {
      nodeName affinity { nodeAffinity { requiredDuringSchedulingIgnoredDuringExecution { nodeSelectorTerms { matchFields } } } }
      containers { name image } initContainers { name image }
    }
    status {
      phase reason message startTime nominatedNodeName conditions:Ready:PodScheduled { type status reason message lastTransitionTime }
      containerStatuses ${statusFields} initContainerStatuses ${statusFields}
    }`,
}

/** What is looked at of pods of which only restarts are told. */
export const restartFields = `metadata { name uid ownerReferences } spec { nodeName }
  status { containerStatuses ${statusFields} initContainerStatuses ${statusFields} }`
