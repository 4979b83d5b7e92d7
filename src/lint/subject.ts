import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { FieldPath } from '#base/field-path.ts'
import type { Json, JsonObject } from '#base/json.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import type { Checks, ClusterFacts, ClusterView, Fix, Subject } from './types.ts'

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
  const targets = plan?.groups.find(({ result }) => result === 'run')?.nodes.objects ?? []
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

/** A place in the pod's spec. */
export const inPod = (...path: FieldPath): FieldPath => ['spec', 'template', 'spec', ...path]

/** The objects of a kind in the same namespace, in the same files. */
export const besideOf = ({ beside, written }: Subject, kind: string) => {
  const home = ({ metadata }: KubeObject) => metadata?.namespace || 'default'
  return beside.filter((one) => one.kind === kind && home(one) === home(written))
}

/** The PriorityClasses that there are: in the same files, and in the cluster. */
export const classesOf = ({ beside, cluster }: Subject): KubeObject[] => [
  ...beside.filter(({ kind }) => kind === 'PriorityClass'),
  ...(cluster?.priorityClasses ?? []),
]

/** Checks that only nodes can answer: asked where there are some. */
export function askNodes(checks: Checks<Subject & { readonly cluster: ClusterView }>): Checks {
  const asked = Object.entries(checks).map(([id, check]): [string, Checks[string]] => [
    id,
    {
      ...check,
      needsNodes: true,
      find: (subject) => subject.cluster && check.find({ ...subject, cluster: subject.cluster }),
    },
  ])
  return Object.fromEntries(asked)
}

/** Does the DaemonSet ask for one of the classes that every node's own pods have? */
export const isSystem = (pod: JsonObject) =>
  /^system-(node|cluster)-critical$/.test(stringIn(pod, 'priorityClassName'))

/** The pod's containers with their places. */
export function containersOf(
  pod: JsonObject,
  lists: readonly string[] = ['initContainers', 'containers'],
): { readonly container: JsonObject; readonly path: FieldPath }[] {
  return lists.flatMap((list) =>
    objectsIn(pod, list).map((container, index) => ({ container, path: inPod(list, index) })),
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
