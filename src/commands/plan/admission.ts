import { withUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { validateDaemonSetUpdate } from '#apiserver/validation/daemon-set.ts'
import { KdsError } from '#base/errors.ts'
import type { ClusterSnapshot, SurroundingKind } from '#cluster/snapshot/types.ts'
import type { CheckedDaemonSet } from '#commands/shared/inputs/manifests.ts'
import { askRules } from '#controller/changes/plan-admission.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'
import type { AskPods } from './changes.ts'

/** Objects as the rules of the API server read them. */
const asJson = (objects: readonly KubeObject[]) => objects as unknown as readonly JsonObject[]

/** Everything that is applied along with the DaemonSets, each in its namespace. */
export function besideOf(checked: readonly CheckedDaemonSet[], namespace: string): readonly KubeObject[] {
  return (checked[0]?.beside ?? []).map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata?.namespace || namespace },
  }))
}

const ofKind = (objects: readonly KubeObject[], kind: string) => objects.filter((one) => one.kind === kind)
const named = (objects: readonly KubeObject[], name: string) =>
  objects.find((one) => one.metadata?.name === name)

/**
 * What a snapshot, and what is applied along, holds around the pods of a namespace. Of a kind of which the snapshot holds
 * nothing at all, nothing is known, unless it is the manifest that brings what is asked for.
 */
function objectsAround(
  daemonSet: DaemonSet,
  snapshot: ClusterSnapshot,
  beside: readonly KubeObject[],
  now: number,
): AdmissionObjects {
  const namespace = daemonSet.metadata?.namespace ?? ''
  const spec = daemonSet.spec?.template?.spec
  const inNamespace = (one: KubeObject) => one.metadata?.namespace === namespace
  /** Undefined where neither the snapshot has any nor the manifest that very one. */
  const known = (there: readonly KubeObject[], kind: string, wanted: unknown) => {
    const all = [...there, ...ofKind(beside, kind)]
    return there.length > 0 || all.some((one) => one.metadata?.name === wanted) ? all : undefined
  }
  const around = (kind: SurroundingKind, wanted?: unknown) =>
    known(ofKind(snapshot.surroundings, kind), kind, wanted)
  const namespaces = known(snapshot.namespaces, 'Namespace', namespace)
  const classes = known(snapshot.priorityClasses, 'PriorityClass', spec?.priorityClassName)
  const accounts = around('ServiceAccount', spec?.serviceAccountName)?.filter(inNamespace)
  const pods = asJson(snapshot.pods.filter(inNamespace))
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
    resourceQuotas:
      quotas && asJson(quotas).map((quota) => (quota.status ? quota : withUsage(quota, pods, now))),
  }
}

/** Asks the rules of the API server over what a snapshot holds. */
export function askSnapshot(snapshot: ClusterSnapshot, beside: readonly KubeObject[], now: number): AskPods {
  return (daemonSet) => {
    const objects = objectsAround(daemonSet, snapshot, beside, now)
    return { asked: askRules(daemonSet, objects), objects }
  }
}

const refused = (message: string, hint: string) =>
  new KdsError('refused', `no plan was made: the API server would refuse the manifest: ${message}`, { hint })

const goOn = 'or go on all the same with --force'

/**
 * Refuses what the server would refuse of a DaemonSet in view of what is there: no such namespace, or a field that cannot be
 * changed.
 *
 * @throws KdsError with the server's words
 */
export function refuseAsServer(
  checked: readonly CheckedDaemonSet[],
  snapshot: ClusterSnapshot,
  beside: readonly KubeObject[],
  namespace: string,
): void {
  for (const { loaded } of checked) {
    const stored = storedDaemonSet(loaded.value, namespace)
    const { name, namespace: home } = stored.metadata ?? {}
    const all = [...snapshot.namespaces, ...ofKind(beside, 'Namespace')]
    if (snapshot.namespaces.length > 0 && !named(all, home ?? ''))
      throw refused(
        `namespaces "${home}" not found`,
        `create it first: kubectl create namespace ${home}; ${goOn}`,
      )
    const current = snapshot.daemonSets.find(
      ({ metadata }) => metadata?.name === name && (metadata?.namespace || namespace) === home,
    )
    const [error] = current ? immutable(stored, presentDaemonSet(current, namespace)) : []
    if (error) {
      const hint = `what stands there cannot be changed so: delete the DaemonSet first, or give the new one another name; ${goOn}`
      throw refused(`DaemonSet.apps "${name}" is invalid: ${error}`, hint)
    }
  }
}

/** Texts of what may not change, as the server names it. */
function immutable(next: DaemonSet, current: DaemonSet): string[] {
  const errors = validateDaemonSetUpdate(next as unknown as JsonObject, current as unknown as JsonObject)
  return errors
    .filter(({ field, detail }) => field === 'spec.selector' && detail === 'field is immutable')
    .map(fieldErrorText)
}
