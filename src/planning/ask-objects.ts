import { withUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import { type AskedPod, askRules } from '#controller/changes/plan-admission.ts'
import { type PodReference, podReferences } from '#kube/pod-references.ts'
import type { SortedObjects, SurroundingKind } from '#kube/sorted-objects.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'

/** Asks whether new pods of a stored DaemonSet are let in, and tells what stands around them and what does not. */
export type AskPods = (daemonSet: DaemonSet) => {
  readonly asked: AskedPod
  readonly objects: AdmissionObjects
  /** What the pods need to start, and is not there. */
  readonly absent: readonly PodReference[]
}

/** Objects as the rules of the API server read them. */
export const asJson = (objects: readonly KubeObject[]) => objects as unknown as readonly JsonObject[]

export const ofKind = (objects: readonly KubeObject[], kind: string) =>
  objects.filter((one) => one.kind === kind)
export const named = (objects: readonly KubeObject[], name: string) =>
  objects.find((one) => one.metadata?.name === name)

/**
 * What a snapshot, and what is applied along, holds around the pods of a namespace. Of a kind of which the snapshot holds
 * nothing at all, nothing is known, unless it says that there are none, or it is the manifest that brings what is asked for.
 */
function objectsAround(
  daemonSet: DaemonSet,
  snapshot: SortedObjects,
  beside: readonly KubeObject[],
  now: number,
): AdmissionObjects {
  const namespace = daemonSet.metadata?.namespace ?? ''
  const spec = daemonSet.spec?.template?.spec
  const inNamespace = (one: KubeObject) => one.metadata?.namespace === namespace
  /** Undefined where the snapshot neither has any nor says that there are none, and the manifest has not that very one. */
  const known = (there: readonly KubeObject[], kind: string, wanted: unknown) => {
    const all = [...there, ...ofKind(beside, kind)]
    const isKnown = there.length > 0 || snapshot.none?.has(kind)
    return isKnown || all.some((one) => one.metadata?.name === wanted) ? all : undefined
  }
  const around = (kind: SurroundingKind, wanted?: unknown) =>
    known(ofKind(snapshot.surroundings, kind), kind, wanted)
  const namespaces = known(snapshot.namespaces, 'Namespace', namespace)
  const classes = known(snapshot.priorityClasses, 'PriorityClass', spec?.priorityClassName)
  const accounts = around('ServiceAccount', spec?.serviceAccountName)?.filter(inNamespace)
  const usageOf = (quota: JsonObject) => withUsage(quota, asJson(snapshot.pods.filter(inNamespace)), now)
  const quotas = around('ResourceQuota')?.filter(inNamespace)
  const runtimeClasses = around('RuntimeClass', spec?.runtimeClassName)
  const limitRanges = around('LimitRange')?.filter(inNamespace)
  return {
    namespace: namespaces && ((named(namespaces, namespace) as JsonObject | undefined) ?? null),
    priorityClasses: classes && asJson(classes),
    // Its controller gives every namespace the account `default`.
    serviceAccounts: accounts && asJson([...accounts, { metadata: { name: 'default', namespace } }]),
    runtimeClasses: runtimeClasses && asJson(runtimeClasses),
    limitRanges: limitRanges && asJson(limitRanges),
    resourceQuotas: quotas && asJson(quotas).map((quota) => (quota.status ? quota : usageOf(quota))),
  }
}

/** Asks the rules of the API server over what is at hand. */
export function askObjects(snapshot: SortedObjects, beside: readonly KubeObject[], now: number): AskPods {
  return (daemonSet) => {
    const objects = objectsAround(daemonSet, snapshot, beside, now)
    return { asked: askRules(daemonSet, objects), objects, absent: absentFrom(daemonSet, snapshot, beside) }
  }
}

/** What the pods refer to and neither the snapshot nor the manifest has; nothing of a kind of which the snapshot holds none. */
function absentFrom(
  daemonSet: DaemonSet,
  { surroundings }: SortedObjects,
  beside: readonly KubeObject[],
): PodReference[] {
  const isThere =
    ({ kind, name }: PodReference) =>
    (one: KubeObject) =>
      one.kind === kind &&
      one.metadata?.name === name &&
      one.metadata.namespace === daemonSet.metadata?.namespace
  return podReferences((daemonSet.spec?.template?.spec ?? {}) as JsonObject).filter(
    (reference) =>
      ofKind(surroundings, reference.kind).length > 0 &&
      ![...surroundings, ...beside].some(isThere(reference)),
  )
}
