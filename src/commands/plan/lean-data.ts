import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import type { Diagnostic } from '#base/errors.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import type { ChangeQuestion } from '#planning/changes.ts'
import type { PageDaemonSet, PageData } from '#planning/page-data.ts'
import type { PlannedManifest, ToPlan } from '#planning/plan.ts'

/** What a page is made of. */
export interface PageInput {
  readonly toPlan: readonly ToPlan[]
  readonly planned: readonly PlannedManifest[]
  readonly nodes: readonly Node[]
  readonly question: ChangeQuestion | undefined
  readonly input: {
    readonly offline: boolean
    readonly nodeSources: readonly string[]
    readonly snapshotSources: readonly string[]
    readonly namespace: string
    readonly comparisonOperators: boolean
    readonly serverVersion: string | undefined
    readonly now: number
  }
}

/** What leaves out what is nobody's business; loaded for pages and snapshots alone. */
type Leaner = Pick<
  typeof import('../bundles/live.ts') & typeof import('../bundles/snapshot.ts'),
  'hiddenDaemonSet' | 'hiddenTemplate' | 'neededOfNode' | 'neededOfPod' | 'usesStorage'
>

/** As much of everything as the page needs to plan anew, and nothing that is nobody's business. */
export function leanData(
  { input, nodes, question, toPlan }: PageInput,
  version: string,
  leaner: Leaner,
): PageData {
  const { comparisonOperators, namespace, now, serverVersion } = input
  const hide = (one: DaemonSet) => withoutNoise(leaner.hiddenDaemonSet(one, namespace))
  const ask = question && 'ask' in question ? question.ask : undefined
  const daemonSets = toPlan.map(({ findings, value }): PageDaemonSet => {
    const hidden = { value: hide(value), findings: findings.map(withoutText) }
    if (!ask) return hidden
    const asked = ask(storedDaemonSet(value, namespace))
    return { ...hidden, asked: withoutEnvironment(asked) }
  })
  const common = { version, now, namespace, comparisonOperators, serverVersion, daemonSets }
  const all = { ...common, nodes: nodes.map((node) => leanNode(leaner.neededOfNode(node))) }
  if (!question) return all
  if ('older' in question) return { ...all, older: question.older.map(hide) }
  const { snapshot } = question
  const withVolumes = toPlan.some(({ value }) => leaner.usesStorage(value))
  const names = new Set(toPlan.map(({ value }) => keyOf(value, namespace)))
  const isOwn = (name: string | null | undefined, home: string | null | undefined) =>
    names.has(`${home || namespace}/${name}`)
  return {
    ...all,
    cluster: {
      pods: snapshot.pods.flatMap((pod) => {
        const lean = leanPod(pod, isOwn, leaner)
        const volumes = withVolumes ? pod.spec?.volumes : undefined
        return lean ? { ...lean, spec: { ...lean.spec, volumes } } : []
      }),
      daemonSets: snapshot.daemonSets
        ?.filter(({ metadata }) => isOwn(metadata?.name, metadata?.namespace))
        .map(hide),
      revisions: snapshot.revisions
        ?.filter((one) => isOwn(controllerOf(one)?.name, one.metadata?.namespace))
        .map((one) => hiddenRevision(one, leaner)),
      namespaces: snapshot.namespaces,
      priorityClasses: snapshot.priorityClasses,
      disruptionBudgets: snapshot.disruptionBudgets,
      storage: withVolumes ? snapshot.storage : undefined,
    },
  }
}

/** Where a finding stands, without the line, which may hold anything. */
function withoutText({ location, ...finding }: Diagnostic): Diagnostic {
  if (!location) return finding
  const { column, file, line } = location
  return { ...finding, location: { column, file, line } }
}

const keyOf = ({ metadata }: DaemonSet, namespace: string) =>
  `${metadata?.namespace || namespace}/${metadata?.name ?? ''}`

/** Managed fields, and the annotation in which kubectl keeps a whole manifest. */
function withoutNoise(daemonSet: DaemonSet): DaemonSet {
  const { managedFields: _, ...metadata } = (daemonSet.metadata ?? {}) as JsonObject
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {}
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...kept } = annotations
  return { ...daemonSet, metadata: { ...metadata, annotations: kept } } as DaemonSet
}

function hiddenRevision(revision: ControllerRevision, { hiddenTemplate }: Leaner): ControllerRevision {
  const owner = `${revision.metadata?.namespace}/${controllerOf(revision)?.name ?? ''}`
  const { metadata } = withoutNoise(revision as DaemonSet)
  const spec = isObject(revision.data?.spec) ? revision.data.spec : {}
  const template = hiddenTemplate(spec.template, owner)
  return {
    ...revision,
    metadata,
    data: { ...revision.data, spec: { ...spec, template } },
  } as ControllerRevision
}

function leanNode({ metadata, status, ...lean }: Node): Node {
  const { uid: _, ...named } = metadata ?? {}
  const conditions = status?.conditions?.map((one) => {
    const { lastHeartbeatTime: _, ...lasting } = one as JsonObject
    return lasting
  })
  return { ...lean, metadata: named, status: { ...status, conditions } } as Node
}

function leanPod(
  pod: Pod,
  isOwn: (name: string | null | undefined, home: string | null | undefined) => boolean,
  { neededOfPod }: Leaner,
) {
  const owner = controllerOf(pod)
  const own = owner?.kind === 'DaemonSet' && isOwn(owner.name, pod.metadata?.namespace)
  const needed = neededOfPod(pod, own)
  if (!needed || own) return needed
  const { creationTimestamp: _, uid: __, labels, ownerReferences, ...metadata } = needed.metadata ?? {}
  // Of those that are not planned it matters who makes them again; no rule for pods selects by the hash of a ReplicaSet.
  const owners = ownerReferences?.map(({ kind, controller }) => ({ kind, controller }))
  const { 'pod-template-hash': ___, ...selectable } = labels ?? {}
  return { ...needed, metadata: { ...metadata, labels: selectable, ownerReferences: owners } }
}

const kept = ['name', 'resources', 'ports', 'restartPolicy']

/** What a server said, with its pod, but for what that runs; rules are asked again in the page. */
function withoutEnvironment(one: NonNullable<PageDaemonSet['asked']>): NonNullable<PageDaemonSet['asked']> {
  const { answer, ...asked } = one.asked
  const { allowed, message, pod, warnings } = answer
  if (asked.source === 'rules') return { ...one, asked: { ...asked, answer: { allowed } } }
  const told = { allowed, ...(message === undefined ? {} : { message }), ...(warnings ? { warnings } : {}) }
  if (!pod || !isObject(pod.spec)) return { ...one, asked: { ...asked, answer: told } }
  const spec: JsonObject = { ...pod.spec }
  for (const list of ['initContainers', 'containers'])
    if (Array.isArray(spec[list])) spec[list] = spec[list].map(leanContainer)
  return { ...one, asked: { ...asked, answer: { ...told, pod: { spec } } } }
}

const leanContainer = (container: Json): Json =>
  isObject(container)
    ? Object.fromEntries(Object.entries(container).filter(([name]) => kept.includes(name)))
    : container
