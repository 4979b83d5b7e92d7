import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { inFieldOrder } from '#apiserver/schema/field-order.ts'
import { KdsError } from '#base/errors.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { controllerRevisions, pods } from '#cluster/resources.ts'
import { daemonPodOf, hashLabel } from '#controller/daemon-pod.ts'
import { revisionPatch } from '#controller/revision-data.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { ControllerRevision, DaemonSet, JsonObject, Pod, PodTemplate } from '#kube/types.ts'
import { changeCauseAnnotation, isOwnedBy, ownQuery } from './own.ts'

/** A stored state of a DaemonSet's pod template. */
export interface Revision {
  readonly revision: number
  readonly hash: string
  readonly changeCause: string
  readonly createdAt: string
  readonly images: readonly string[]
  /** Whether the DaemonSet's template is this one now. */
  readonly current: boolean
  readonly template: PodTemplate
  readonly object: ControllerRevision
}

/** The revisions that the DaemonSet owns, lowest number first; of two with one number the later listed counts. */
export async function loadHistory(
  cluster: Cluster,
  daemonSet: DaemonSet,
  { ahead, ...options }: CallOptions & { readonly ahead?: RevisionsAhead | undefined } = {},
): Promise<Revision[]> {
  const ofNamespace = await ahead
  if (ofNamespace) {
    const { matches } = labelSelector(daemonSet.spec?.selector)
    return historyOf(
      daemonSet,
      ofNamespace.filter(({ metadata }) => matches(metadata?.labels ?? {})),
    )
  }
  const { items } = await cluster.list(controllerRevisions, { ...options, ...ownQuery(daemonSet) })
  return historyOf(daemonSet, items)
}

/** All revisions of a namespace; undefined where these are many, or only those of a selector may be read. */
type RevisionsAhead = Promise<readonly ControllerRevision[] | undefined>

const fewRevisions = 500
const isForbidden = (error: unknown) => error instanceof ApiError && error.status === 403

/**
 * The revisions of a namespace, asked for together with a DaemonSet of which only the name is known: a round trip less than by
 * its selector. Only for what is shown: of a DaemonSet that is changed in between, they may be the older ones.
 */
export function revisionsAhead(cluster: Cluster, namespace: string, signal: AbortSignal): RevisionsAhead {
  const tooMany = new AbortController()
  const list = cluster.list(controllerRevisions, {
    namespace,
    signal: AbortSignal.any([signal, tooMany.signal]),
    progress: (count) => {
      if (count >= fewRevisions) tooMany.abort()
    },
  })
  const ahead = list.then(
    ({ items }) => items,
    (error) => {
      if (tooMany.signal.aborted || isForbidden(error)) return undefined
      throw error
    },
  )
  // Nobody may wait for it any more: there is no such DaemonSet.
  ahead.catch(() => {})
  return ahead
}

/** As {@link loadHistory}, of revisions that are at hand. */
export function historyOf(daemonSet: DaemonSet, revisions: readonly ControllerRevision[]): Revision[] {
  const byNumber = new Map<number, ControllerRevision>()
  for (const one of revisions) if (isOwnedBy(one, daemonSet)) byNumber.set(one.revision ?? 0, one)
  const sorted = [...byNumber.values()].sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0))
  const current = sorted.findLast((one) => isTemplateOf(daemonSet, one))
  return sorted.map((object): Revision => {
    const template = templateOf(daemonSet, object)
    return {
      revision: object.revision ?? 0,
      hash: object.metadata?.labels?.[hashLabel] ?? '',
      changeCause: object.metadata?.annotations?.[changeCauseAnnotation] ?? '',
      createdAt: object.metadata?.creationTimestamp ?? '',
      images: (template.spec?.containers ?? []).map((container) => container.image ?? ''),
      current: object === current,
      template,
      object,
    }
  })
}

/** The revision that is rolled out: the current one, or the newest while the controller has not seen the template yet. */
export const rolledOut = (history: readonly Revision[]): Revision | undefined =>
  history.find((one) => one.current) ?? history.at(-1)

/** The revision of that number. @throws KdsError in the words of `kubectl rollout history`. */
export function revisionNumbered(history: readonly Revision[], number: number): Revision {
  const found = history.find((one) => one.revision === number)
  if (found) return found
  throw new KdsError('not-found', 'unable to find the specified revision', { hint: revisionsHint(history) })
}

/** A sentence that names the revisions there are. */
export function revisionsHint(history: readonly Revision[]): string {
  return history.length === 0
    ? 'there are no revisions'
    : `there ${history.length === 1 ? 'is' : 'are'}: ${history.map((one) => one.revision).join(', ')}`
}

/** The DaemonSet as it was with a revision's template, its fields in the order in which kubectl prints JSON. */
export function daemonSetAt(daemonSet: DaemonSet, revision: Revision): DaemonSet {
  return inFieldOrder(patched(daemonSet, revision.object) as JsonObject, 'DaemonSet') as DaemonSet
}

/** Whether the DaemonSet's template is what the revision holds; absent fields and nulls mean the same. */
export function isTemplateOf(daemonSet: DaemonSet, revision: ControllerRevision): boolean {
  return sameIgnoringNulls(revisionPatch(daemonSet as JsonObject), revision.data)
}

/** How many pods of each revision there are and how many of them are ready, by hash. */
export async function podsByHash(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: CallOptions = {},
): Promise<Map<string, { ready: number; total: number }>> {
  const keep = (pod: Pod) => {
    const { hash, ready } = daemonPodOf(pod)
    return isOwnedBy(pod, daemonSet) ? { hash, ready } : undefined
  }
  const { items } = await cluster.list(pods, { ...options, ...ownQuery(daemonSet), keep })
  const counts = new Map<string, { ready: number; total: number }>()
  for (const pod of items) {
    if (!pod) continue
    const { ready, total } = counts.get(pod.hash) ?? { ready: 0, total: 0 }
    counts.set(pod.hash, { ready: ready + (pod.ready ? 1 : 0), total: total + 1 })
  }
  return counts
}

function templateOf(daemonSet: DaemonSet, revision: ControllerRevision): PodTemplate {
  return patched(daemonSet, revision).spec?.template ?? {}
}

/** The DaemonSet with the revision's template. @throws KdsError for a revision that holds none. */
export function patched(daemonSet: DaemonSet, revision: ControllerRevision): DaemonSet {
  try {
    return applyStrategicPatch(daemonSet as JsonObject, revision.data ?? {}, 'DaemonSet') as DaemonSet
  } catch (error) {
    const { metadata, revision: number } = revision
    throw new KdsError(
      'bad-revision',
      `revision ${number ?? 0} (controllerrevisions.apps "${metadata?.name}") holds no template: ${(error as Error).message}`,
      { cause: error },
    )
  }
}
