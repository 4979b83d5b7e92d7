/** What a page carries to plan anew when somebody edits a DaemonSet in it. */
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { Diagnostic } from '#base/errors.ts'
import { isObject, sameJson } from '#base/json.ts'
import { type AskedPod, askRules, podToAskAbout } from '#controller/changes/plan-admission.ts'
import type { ClusterObjects } from '#kube/cluster-objects.ts'
import type { PodReference } from '#kube/pod-references.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import type { AskPods } from './ask-objects.ts'
import type { ChangeQuestion } from './changes.ts'
import { type Columns, packed, unpacked } from './columns.ts'

/** What is known around the pods of one DaemonSet, and what was said of them. */
interface Asked {
  readonly asked: AskedPod
  readonly objects: AdmissionObjects
  readonly absent: readonly PodReference[]
}

/** A DaemonSet of the page, as its manifest has it. */
export interface PageDaemonSet {
  readonly value: DaemonSet
  readonly findings: readonly Diagnostic[]
  /** Where pods are known. */
  readonly asked?: Asked | undefined
}

export interface PageData {
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly namespace: string
  readonly comparisonOperators: boolean
  readonly serverVersion?: string | undefined
  readonly daemonSets: readonly PageDaemonSet[]
  readonly nodes: readonly Node[]
  /** What applying the DaemonSets is held against. */
  readonly cluster?: Omit<ClusterObjects, 'nodes'> | undefined
  /** What they are compared with, without any pods. */
  readonly older?: readonly DaemonSet[] | undefined
}

type Written = Omit<PageData, 'nodes' | 'cluster'> & {
  readonly nodes: Columns
  readonly pods?: Columns
  readonly cluster?: Omit<ClusterObjects, 'nodes' | 'pods'>
}

const plainObjects = (list: readonly object[]) => JSON.parse(JSON.stringify(list)) as JsonObject[]

/** The data as a text: nodes and pods, of which there are thousands, field by field. */
export function writtenData({ cluster, nodes, ...data }: PageData): string {
  const { pods = [], ...others } = cluster ?? {}
  const written: Written = {
    ...data,
    nodes: packed(plainObjects(nodes)),
    ...(cluster ? { cluster: others, pods: packed(plainObjects(pods)) } : {}),
  }
  return JSON.stringify(written)
}

export function readData(text: string): PageData {
  const { cluster, nodes, pods, ...data } = JSON.parse(text) as Written
  return {
    ...data,
    nodes: unpacked(nodes) as Node[],
    ...(cluster ? { cluster: { ...cluster, pods: pods ? (unpacked(pods) as Pod[]) : [] } } : {}),
  }
}

/** What one of the DaemonSets, whatever is edited in it, is held against; undefined: where it may run is all that is known. */
export function questionIn(data: PageData, one: PageDaemonSet): ChangeQuestion | undefined {
  const { cluster, comparisonOperators, namespace, nodes, now, older, serverVersion } = data
  const common = { comparisonOperators, namespace, now, serverVersion }
  if (older) return { ...common, older }
  const { asked } = one
  return cluster && asked
    ? { ...common, snapshot: { ...cluster, nodes }, ask: askAgain(asked, one.value) }
    : undefined
}

/** The answer of a server holds for an edited DaemonSet, too, with the edits in the pod; rules are asked anew. */
function askAgain({ absent, asked, objects }: Asked, original: DaemonSet): AskPods {
  return (daemonSet) => {
    if (asked.source === 'rules')
      return { asked: { ...askRules(daemonSet, objects), notAsked: asked.notAsked }, objects, absent }
    const { answer } = asked
    if (!answer.pod) return { asked, objects, absent }
    const pod = withEdits(answer.pod, original, daemonSet)
    return { asked: { ...asked, answer: { ...answer, pod } }, objects, absent }
  }
}

const specOf = (daemonSet: DaemonSet) => (podToAskAbout(daemonSet, 'node').spec ?? {}) as JsonObject
const entriesOf = (value: unknown) => (isObject(value) ? Object.entries(value) : [])
const itemsOf = (value: unknown) => (Array.isArray(value) ? value : [])

/** The pod that admission answered, for another template: what admission added stays, what the template has is replaced. */
function withEdits(answered: JsonObject, original: DaemonSet, edited: DaemonSet): JsonObject {
  const [before, after] = [specOf(original), specOf(edited)]
  const spec = isObject(answered.spec) ? answered.spec : {}
  const known = new Map(entriesOf(before.nodeSelector))
  const selector = entriesOf(spec.nodeSelector).filter(([key]) => !known.has(key))
  const tolerations = itemsOf(spec.tolerations).filter(
    (one) => !itemsOf(before.tolerations).some((other) => sameJson(one, other)),
  )
  return {
    ...answered,
    spec: {
      ...spec,
      nodeSelector: Object.fromEntries([...entriesOf(after.nodeSelector), ...selector]),
      tolerations: [...itemsOf(after.tolerations), ...tolerations],
    },
  }
}
