import { withUsage } from '#apiserver/admission/resource-quota.ts'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { validateDaemonSetUpdate } from '#apiserver/validation/daemon-set.ts'
import { KdsError } from '#base/errors.ts'
import type { AroundPods, ForRules } from '#cluster/snapshot/around-pods.ts'
import type { ClusterSnapshot, SurroundingKind } from '#cluster/snapshot/types.ts'
import type { CheckedDaemonSet } from '#commands/shared/inputs/manifests.ts'
import { type AskedPod, askRules, type NotAsked } from '#controller/changes/plan-admission.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import { type PodReference, podReferences } from '#kube/pod-references.ts'
import { objectIn } from '#kube/read.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'

/** Asks whether new pods of a stored DaemonSet are let in, and tells what stands around them and what does not. */
export type AskPods = (daemonSet: DaemonSet) => {
  readonly asked: AskedPod
  readonly objects: AdmissionObjects
  /** What the pods need to start, and is not there. */
  readonly absent: readonly PodReference[]
}

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
    return { asked: askRules(daemonSet, objects), objects, absent: absentFrom(daemonSet, snapshot, beside) }
  }
}

/** What the pods refer to and neither the snapshot nor the manifest has; nothing of a kind of which the snapshot holds none. */
function absentFrom(
  daemonSet: DaemonSet,
  { surroundings }: ClusterSnapshot,
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

/** A cluster's word on the pods of one DaemonSet, and what was read around them. */
export interface AskedCluster {
  readonly around: AroundPods
  /** The server's answer, or why there is none. */
  readonly server: AskedPod | { readonly notAsked: NotAsked }
  /** Read where the server lets no pod in, for the rules to speak. */
  readonly forRules?: ForRules | undefined
  /** Warnings that the DaemonSet itself got, and that need no repeating. */
  readonly said?: readonly string[] | undefined
}

const keyOf = ({ metadata }: KubeObject) => `${metadata?.namespace}/${metadata?.name}`

/** Tells what a cluster has said; the rules speak where it was not asked, and where the manifest brings along what it lacks. */
export function askCluster(told: readonly AskedCluster[], beside: readonly KubeObject[]): AskPods {
  const byName = new Map(told.map((one) => [keyOf(one.around.daemonSet), one]))
  return (daemonSet) => {
    const one = byName.get(keyOf(daemonSet))
    if (!one) throw new Error(`nobody asked about ${keyOf(daemonSet)}`)
    const there = objectsOf(one, [], daemonSet)
    const objects = objectsOf(one, beside, daemonSet)
    const { server } = one
    const isThere = ({ kind, name }: PodReference) =>
      ofKind(beside, kind).some((each) => keyOf(each) === `${daemonSet.metadata?.namespace}/${name}`)
    const absent = one.around.absent.filter((reference) => !isThere(reference))
    if ('notAsked' in server)
      return { asked: { ...askRules(daemonSet, objects), notAsked: server.notAsked }, objects, absent }
    const along =
      server.answer.allowed || askRules(daemonSet, there).answer.allowed
        ? undefined
        : askRules(daemonSet, objects)
    if (along?.answer.allowed)
      return { asked: { ...along, notAsked: { why: 'applied-along' } }, objects, absent }
    const warnings = server.answer.warnings?.filter((text) => !one.said?.includes(text)) ?? []
    return { asked: { ...server, answer: { ...server.answer, warnings } }, objects, absent }
  }
}

/** What was read of a cluster, with what is applied along. */
function objectsOf(
  { around, forRules }: AskedCluster,
  beside: readonly KubeObject[],
  daemonSet: DaemonSet,
): AdmissionObjects {
  const namespace = daemonSet.metadata?.namespace ?? ''
  const withBeside = (there: readonly KubeObject[] | undefined, kind: string) =>
    there && asJson([...there, ...ofKind(beside, kind)])
  const inNamespace = (there: readonly KubeObject[] | undefined, kind: string) =>
    withBeside(there, kind)?.filter((one) => objectIn(one, 'metadata').namespace === namespace)
  const brought = named(ofKind(beside, 'Namespace'), namespace)
  return {
    namespace: (around.namespace ?? brought ?? around.namespace) as JsonObject | null | undefined,
    priorityClasses: withBeside(around.priorityClasses, 'PriorityClass'),
    serviceAccounts: inNamespace(forRules?.serviceAccounts, 'ServiceAccount'),
    runtimeClasses: withBeside(forRules?.runtimeClasses, 'RuntimeClass'),
    limitRanges: inNamespace(forRules?.limitRanges, 'LimitRange'),
    resourceQuotas: inNamespace(around.resourceQuotas, 'ResourceQuota')?.filter((quota) => quota.status),
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
