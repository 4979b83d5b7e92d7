import type {
  Affinity,
  DaemonSet,
  ObjectMeta,
  OwnerReference,
  Pod,
  PodSpec,
  Toleration,
} from '#kube/types.ts'
import type { DaemonPod } from './daemon-pod.ts'
import { generationLabel, hashLabel } from './daemon-pod.ts'
import type { PodRules } from './update-strategy.ts'
import { templateGeneration } from './update-strategy.ts'

const addedTolerations = (hostNetwork: boolean): Toleration[] => {
  const tolerate = (key: string, effect: string): Toleration => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect,
  })
  return [
    tolerate('not-ready', 'NoExecute'),
    tolerate('unreachable', 'NoExecute'),
    tolerate('disk-pressure', 'NoSchedule'),
    tolerate('memory-pressure', 'NoSchedule'),
    tolerate('pid-pressure', 'NoSchedule'),
    tolerate('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [tolerate('network-unavailable', 'NoSchedule')] : []),
  ]
}

const sameTaint = (one: Toleration, other: Toleration) =>
  one.key === other.key &&
  one.operator === other.operator &&
  (one.value ?? '') === (other.value ?? '') &&
  one.effect === other.effect

/**
 * The template's tolerations with those that the controller adds. One that names the same taint is replaced where it
 * stands, so its tolerationSeconds go: `AddOrUpdateTolerationInPod`.
 */
export function withDaemonTolerations(spec: PodSpec): Toleration[] {
  const tolerations = [...(spec.tolerations ?? [])]
  for (const added of addedTolerations(spec.hostNetwork === true)) {
    if (!tolerations.some((one) => sameTaint(one, added))) tolerations.push(added)
    else
      tolerations.forEach((one, at) => {
        if (sameTaint(one, added)) tolerations[at] = added
      })
  }
  return tolerations
}

/** The required node affinity gives way to the node's name; preferences and pod affinity stay. */
function pinnedTo(node: string, affinity: Affinity | null | undefined): Affinity {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
    },
  }
}

/** The reference by which a DaemonSet's pods and revisions say whose they are. */
export function ownerReferenceTo(daemonSet: DaemonSet): OwnerReference {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    name: daemonSet.metadata?.name,
    uid: daemonSet.metadata?.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/**
 * The pods that CreatePod actions send to the API server: `CreatePodTemplate` and `ReplaceDaemonSetPodNodeNameNodeAffinity`
 * upstream. They have a generateName and no node yet, which the scheduler gives them, and share what they have in common.
 * Admission and defaulting come after.
 */
export function podMaker(daemonSet: DaemonSet, hash: string): (node: string) => Pod {
  const template = daemonSet.spec?.template
  const generation = templateGeneration(daemonSet)
  const spec = template?.spec ?? {}
  const tolerations = withDaemonTolerations(spec)
  const metadata: ObjectMeta = {
    generateName: `${daemonSet.metadata?.name ?? ''}-`,
    namespace: daemonSet.metadata?.namespace,
    labels: {
      ...template?.metadata?.labels,
      ...(generation !== undefined && { [generationLabel]: generation }),
      [hashLabel]: hash,
    },
    ...(template?.metadata?.annotations && { annotations: template.metadata.annotations }),
    ...(template?.metadata?.finalizers && { finalizers: template.metadata.finalizers }),
    ownerReferences: [ownerReferenceTo(daemonSet)],
  }
  return (node) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { ...spec, affinity: pinnedTo(node, spec.affinity), tolerations },
  })
}

/** One of them. */
export const podToCreate = (daemonSet: DaemonSet, node: string, hash: string): Pod =>
  podMaker(daemonSet, hash)(node)

/** The facts of a pod that was made a moment ago and is not in the cluster's list yet. */
export const newDaemonPod = (rules: PodRules): DaemonPod => ({
  name: '',
  bound: false,
  createdAt: rules.now,
  deleting: false,
  phase: 'Pending',
  ready: false,
  readyAt: Number.NaN,
  hash: rules.hash,
  generation: rules.generation ?? '',
  source: undefined,
})
