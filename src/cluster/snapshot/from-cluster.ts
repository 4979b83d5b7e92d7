import type { Location } from '#base/errors.ts'
import { controllerOf } from '#kube/owners.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { DaemonSet, Pod, PodDisruptionBudget } from '#kube/types.ts'
import { found, ifReadable } from '../found.ts'
import { neededOfPod, podFields, stateNodes } from '../needed.ts'
import type { Cluster, ListOptions } from '../port.ts'
import { controllerRevisions, nameOf, namespaces, nodes, podDisruptionBudgets, pods } from '../resources.ts'
import { type AroundPods, readAroundPods } from './around-pods.ts'
import { readStorage, usesStorage } from './storage.ts'
import type { ClusterSnapshot } from './types.ts'

export interface LiveQuestion {
  /** The DaemonSets that are planned; each names its namespace. */
  readonly daemonSets: readonly DaemonSet[]
  /** Those of them that somebody is reading from the cluster already, each at its place; undefined for none there. */
  readonly current?: readonly Promise<DaemonSet | undefined>[] | undefined
  /** Whether pods and the rest are asked for, or nodes alone. */
  readonly present: boolean
  readonly signal: AbortSignal
}

const noPlace: Location = { file: 'cluster', line: 1, column: 1 }

/** What of a cluster stays away when the user may not read it. */
type Unreadable = 'pods of other namespaces'

export interface LiveState {
  readonly snapshot: ClusterSnapshot
  /** For each DaemonSet of the question, in its order; empty where nodes alone were asked for. */
  readonly around: readonly AroundPods[]
  readonly unreadable: readonly Unreadable[]
}

/**
 * Reads from a cluster what a plan of these DaemonSets needs, and keeps no more: nodes, all pods (who uses what room), the
 * DaemonSets as they are, their revisions, namespaces and priority classes. Where pods of all namespaces may not be read,
 * those of the DaemonSets' own are.
 *
 * @throws ApiError when something that a plan cannot do without may not be read.
 */
export async function readLive(cluster: Cluster, question: LiveQuestion): Promise<LiveState> {
  const { current, present, signal } = question
  const ownOf = (one: DaemonSet, at: number) => readOwn(cluster, one, current?.[at], signal)
  const empty = { items: [] as Pod[], all: true }
  const [nodeList, storage, homes, podList, own] = await Promise.all([
    cluster.list(nodes, { signal, ...stateNodes }),
    present && question.daemonSets.some(usesStorage) ? readStorage(cluster, signal) : {},
    present && question.daemonSets.some(selectsNamespaces) ? readNamespaces(cluster, signal) : undefined,
    present ? readPods(cluster, question) : empty,
    present ? Promise.all(question.daemonSets.map(ownOf)) : [],
  ])
  const snapshot: ClusterSnapshot = {
    nodes: nodeList.items,
    pods: podList.items,
    daemonSets: own.flatMap((one) => one.current),
    revisions: own.flatMap((one) => one.revisions),
    priorityClasses: own.flatMap(({ around }) => around.priorityClasses ?? []),
    namespaces: homes ?? own.flatMap(({ around }) => around.namespace ?? []),
    events: [],
    disruptionBudgets: undefined,
    storage,
    surroundings: [],
    skipped: [],
    diagnostics: [],
    describe: () => noPlace,
    locate: () => noPlace,
  }
  return {
    snapshot,
    around: own.map(({ around }) => around),
    unreadable: podList.all ? [] : ['pods of other namespaces'],
  }
}

/** Do its pods look for others, or keep away from them, in namespaces by their labels? */
function selectsNamespaces({ spec }: DaemonSet): boolean {
  const { podAffinity, podAntiAffinity } = spec?.template?.spec?.affinity ?? {}
  return [podAffinity, podAntiAffinity].some((kind) =>
    kind?.requiredDuringSchedulingIgnoredDuringExecution?.some((term) => term?.namespaceSelector),
  )
}

/** Undefined where they may not be read. */
const readNamespaces = async (cluster: Cluster, signal: AbortSignal) =>
  (await ifReadable(cluster.list(namespaces, { signal }), [403]))?.items

async function readPods(cluster: Cluster, question: LiveQuestion): Promise<{ items: Pod[]; all: boolean }> {
  const { signal } = question
  const isOwn = ownPods(question.daemonSets)
  const withVolumes = question.daemonSets.some(usesStorage)
  const keep = (pod: Pod) => {
    const needed = neededOfPod(pod, isOwn(pod))
    return needed && withVolumes
      ? { ...needed, spec: { ...needed.spec, volumes: pod.spec?.volumes } }
      : needed
  }
  const fields = withVolumes ? {} : { fields: podFields() }
  const options: ListOptions<Pod, Pod | undefined> = { signal, keep, ...fields }
  const kept = (items: readonly (Pod | undefined)[]) => items.filter((pod) => pod !== undefined)
  const all = await ifReadable(cluster.list(pods, options), [403])
  if (all) return { items: kept(all.items), all: true }
  const places = [...new Set(question.daemonSets.map((one) => one.metadata?.namespace ?? ''))]
  const lists = await Promise.all(places.map((namespace) => cluster.list(pods, { ...options, namespace })))
  return { items: lists.flatMap(({ items }) => kept(items)), all: false }
}

/** The PodDisruptionBudgets of all namespaces, none where the server has no such kind; undefined where they may not be read. */
export async function readDisruptionBudgets(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly PodDisruptionBudget[] | undefined> {
  const ifThere = ifReadable(cluster.list(podDisruptionBudgets, { signal }), [404])
  return ifReadable(
    ifThere.then((list) => list?.items ?? []),
    [403],
  )
}

/** The DaemonSet as it is in the cluster, and what belongs to it. */
async function readOwn(
  cluster: Cluster,
  daemonSet: DaemonSet,
  reading: Promise<DaemonSet | undefined> | undefined,
  signal: AbortSignal,
) {
  const name = nameOf(daemonSet)
  const readingAround = readAroundPods(cluster, daemonSet, signal)
  // Who else waits for it learns of its failure.
  readingAround.catch(() => {})
  const current = await (reading ?? found(cluster, name, signal))
  const revisions = current
    ? await cluster.list(controllerRevisions, {
        namespace: name.namespace,
        labelSelector: labelSelector(current.spec?.selector).text,
        signal,
      })
    : { items: [] }
  return { current: current ? [current] : [], around: await readingAround, revisions: revisions.items }
}

/** Tells the pods of these DaemonSets by their controllers' names. */
function ownPods(daemonSets: readonly DaemonSet[]): (pod: Pod) => boolean {
  const names = new Set(daemonSets.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`))
  return (pod) => {
    const owner = controllerOf(pod)
    return owner?.kind === 'DaemonSet' && names.has(`${pod.metadata?.namespace}/${owner.name}`)
  }
}
