import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { FieldPath } from '#base/field-path.ts'
import type { Json, JsonObject } from '#base/json.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import type { ClusterFacts, Fix, Subject } from './types.ts'

/** What is linted together: one call's DaemonSets, what stands beside them, and the cluster if there is one. */
export interface LintInput {
  readonly daemonSets: readonly DaemonSet[]
  readonly beside: readonly KubeObject[]
  /** Of those that name none; '' where nobody said. */
  readonly namespace?: string
  readonly cluster?: ClusterFacts | undefined
}

const nameOf = ({ metadata }: DaemonSet) => `${metadata?.namespace || 'default'}/${metadata?.name ?? ''}`

/** What the checks may ask about one of the input's DaemonSets. */
export function subjectOf(written: DaemonSet, input: LintInput): Subject {
  const { daemonSets, beside, cluster, namespace = '' } = input
  const daemonSet = asAppsV1(written)
  const spec = objectIn(daemonSet as JsonObject, 'spec')
  const template = objectIn(spec, 'template')
  const names = new Set(daemonSets.map(nameOf))
  const running = (cluster?.daemonSets ?? []).filter((one) => !names.has(nameOf(one)))
  const plan = cluster && planPlacement(daemonSet, cluster.nodes, 'default')
  const targets = (plan?.nodes ?? []).filter(({ result }) => result === 'run').map(({ node }) => node)
  return {
    written,
    daemonSet,
    spec,
    template,
    pod: objectIn(template, 'spec'),
    namespace: daemonSet.metadata?.namespace || namespace,
    admission: admitDaemonSet(daemonSet),
    beside,
    others: [...daemonSets.filter((one) => one !== written), ...running],
    cluster: cluster && plan && { ...cluster, plan, targets },
  }
}

export const podPath: FieldPath = ['spec', 'template', 'spec']

/** The pod's containers with their places. */
export function containersOf(
  pod: JsonObject,
  lists: readonly string[] = ['initContainers', 'containers'],
): { readonly container: JsonObject; readonly path: FieldPath }[] {
  return lists.flatMap((list) =>
    objectsIn(pod, list).map((container, index) => ({ container, path: [...podPath, list, index] })),
  )
}

/** A container that is there to keep the pod, whose init containers have done the work. */
export const onlyWaits = (container: JsonObject) =>
  /(^|[/-])pause(?=$|[:@-])/.test(stringIn(container, 'image'))

/** To paste, not to be done unasked. */
export const paste = (text: string, at: FieldPath, value: Json): Fix => ({ text, stanza: { at, value } })

/** Sets a field; `--fix` may. */
export const set = (text: string, path: FieldPath, value: Json): Fix => ({
  text,
  stanza: { at: path.slice(0, -1), value: { [String(path.at(-1))]: value } },
  edits: [{ path, value }],
})

/** Takes a field or an item of a list out; `--fix` may. */
export const remove = (text: string, path: FieldPath): Fix => ({ text, edits: [{ path }] })
