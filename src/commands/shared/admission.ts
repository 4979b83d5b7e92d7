import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { AroundPods, ForRules } from '#cluster/snapshot/around-pods.ts'
import type { CheckedDaemonSet } from '#commands/shared/inputs/manifests.ts'
import { type AskedPod, askRules, type NotAsked } from '#controller/changes/plan-admission.ts'
import type { PodReference } from '#kube/pod-references.ts'
import { objectIn } from '#kube/read.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'
import { type AskPods, asJson, named, ofKind } from '#planning/ask-objects.ts'

/** Everything that is applied along with the DaemonSets, each in its namespace. */
export function besideOf(checked: readonly CheckedDaemonSet[], namespace: string): readonly KubeObject[] {
  return (checked[0]?.beside ?? []).map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata?.namespace || namespace },
  }))
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
