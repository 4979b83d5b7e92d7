import { KdsError } from '#base/errors.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, OwnerReference, Pod } from '#kube/types.ts'
import { hashLabel } from './daemon-pod.ts'
import { cleanUpHistory, syncHistory } from './revision-history.ts'
import { type DaemonSetReading, Reader } from './step-memory.ts'

/** What a ControllerRevision is to the DaemonSets around it, and what its controller would do about it next. */
export type Standing =
  /** The template of its DaemonSet. */
  | 'current'
  /** An earlier template, kept for a rollback. */
  | 'old'
  /** Holds the same template as the current one: deleted in the next sync. */
  | 'duplicate'
  /** Beyond revisionHistoryLimit, and no pod has it: deleted in the next sync. */
  | 'surplus'
  /** Its labels no longer match its DaemonSet's selector: let go in the next sync. */
  | 'released'
  /** Nobody's, and a DaemonSet selects its labels: taken over in the next sync. */
  | 'adoptable'
  /** Nobody's, and no DaemonSet selects its labels: it stays for ever. */
  | 'orphan'
  /** The DaemonSet that it names is not there, or is another one by the same name. */
  | 'stale'
  /** Of a StatefulSet, or of another kind that this does not judge. */
  | 'foreign'

export interface RevisionStanding {
  readonly object: ControllerRevision
  readonly standing: Standing
  readonly owner: OwnerReference | undefined
  /** Whose it is, or would become. */
  readonly daemonSet: DaemonSet | undefined
}

export interface RevisionSurroundings {
  readonly revisions: readonly ControllerRevision[]
  readonly daemonSets: readonly DaemonSet[]
  /** For which templates are in use; undefined where they are not known: then none counts as surplus. */
  readonly pods: readonly Pick<Pod, 'metadata'>[] | undefined
}

const keyOf = ({ metadata }: Pick<Pod, 'metadata'>) => metadata?.uid ?? ''
const spaceOf = ({ metadata }: Pick<Pod, 'metadata'>) => metadata?.namespace ?? ''

/**
 * Judges each revision, in the order given, by the rules of the controller's own sync (`constructHistory`, `cleanupHistory`,
 * `ClaimObject`). Objects of several namespaces may be mixed; a DaemonSet claims in its own only.
 */
export function revisionStandings({
  revisions,
  daemonSets,
  pods,
}: RevisionSurroundings): readonly RevisionStanding[] {
  const reader = new Reader(undefined)
  const claimed = new Map<ControllerRevision, RevisionStanding>()
  for (const daemonSet of daemonSets) {
    const reading = readingOf(daemonSet, reader)
    if (!reading || daemonSet.metadata?.deletionTimestamp) continue
    const near = revisions.filter((one) => spaceOf(one) === spaceOf(daemonSet))
    for (const [object, standing] of judgedBy(daemonSet, near, pods, reader, reading)) {
      if (!claimed.has(object))
        claimed.set(object, { object, standing, owner: controllerOf(object), daemonSet })
    }
  }
  const byUid = new Map(daemonSets.map((one) => [keyOf(one), one]))
  return revisions.map((object) => claimed.get(object) ?? unclaimed(object, byUid))
}

/** A selector that cannot be read, or selects everything, claims nothing. */
function readingOf(daemonSet: DaemonSet, reader: Reader): DaemonSetReading | undefined {
  const { matchLabels, matchExpressions } = daemonSet.spec?.selector ?? {}
  if (Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length === 0) return undefined
  try {
    return reader.daemonSet(daemonSet, false)
  } catch (error) {
    if (error instanceof KdsError) return undefined
    throw error
  }
}

function judgedBy(
  daemonSet: DaemonSet,
  revisions: readonly ControllerRevision[],
  pods: RevisionSurroundings['pods'],
  reader: Reader,
  reading: DaemonSetReading,
): Map<ControllerRevision, Standing> {
  const history = syncHistory({ daemonSet, revisions }, reader, reading)
  const found = new Map<ControllerRevision, Standing>()
  for (const one of history.old) found.set(one, 'old')
  for (const one of revisions)
    if (history.current && one.metadata?.name === history.current.name && controllerOf(one))
      found.set(one, 'current')
  const own = pods?.filter((pod) => controllerOf(pod)?.uid === daemonSet.metadata?.uid)
  const hashes = new Set(own?.map(({ metadata }) => metadata?.labels?.[hashLabel] ?? ''))
  const limit = daemonSet.spec?.revisionHistoryLimit ?? 10
  if (own)
    for (const { revision } of cleanUpHistory(history.old, limit, hashes)) found.set(revision, 'surplus')
  for (const action of history.actions) {
    if (action.kind === 'DeleteRevision') found.set(action.revision, 'duplicate')
    if (action.kind === 'ReleaseRevision') found.set(action.revision, 'released')
    if (action.kind === 'AdoptRevision') found.set(action.revision, 'adoptable')
  }
  return found
}

function unclaimed(object: ControllerRevision, byUid: ReadonlyMap<string, DaemonSet>): RevisionStanding {
  const owner = controllerOf(object)
  if (!owner) return { object, standing: 'orphan', owner, daemonSet: undefined }
  if (owner.kind !== 'DaemonSet') return { object, standing: 'foreign', owner, daemonSet: undefined }
  const daemonSet = byUid.get(owner.uid ?? '')
  // Its DaemonSet is being deleted, or its selector cannot be read.
  return { object, standing: daemonSet ? 'old' : 'stale', owner, daemonSet }
}
