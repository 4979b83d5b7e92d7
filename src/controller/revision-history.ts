import { nameOf } from '#kube/names.ts'
import type { ControllerRevision, DaemonSet } from '#kube/types.ts'
import type { ChangeRevision, CountCollision, CreateRevision } from './actions.ts'
import { claim } from './claim.ts'
import { hashLabel } from './daemon-pod.ts'
import { ownerReferenceTo } from './new-pod.ts'
import type { HashRequest, StepInput } from './step-input.ts'
import type { DaemonSetReading, Reader } from './step-memory.ts'

interface HistoryInput {
  readonly daemonSet: DaemonSet
  /** The bytes that a revision of the present template holds. */
  readonly data: string
  /** The DaemonSet's own, adopted ones among them. */
  readonly owned: readonly ControllerRevision[]
  /** All of the namespace, among which a name may be taken. */
  readonly all: readonly ControllerRevision[]
  readonly dataOf: (revision: ControllerRevision) => string
  readonly hashFor: (request: HashRequest) => string
}

type RevisionAction = CreateRevision | ChangeRevision | CountCollision

interface History {
  readonly actions: readonly RevisionAction[]
  /** The present template's; undefined when a collision of names ended the sync. */
  readonly current: { readonly name: string; readonly hash: string; readonly number: number } | undefined
  readonly old: readonly ControllerRevision[]
  /** There were several revisions of the present template: every pod gets the label of the one that stays. */
  readonly relabelsPods: boolean
}

const numberOf = (revision: ControllerRevision) => revision.revision ?? 0
const hashOf = (revision: ControllerRevision) => revision.metadata?.labels?.[hashLabel]

function change(
  kind: ChangeRevision['kind'],
  revision: ControllerRevision,
  message: string,
  values: { readonly number?: number; readonly hash?: string } = {},
): ChangeRevision {
  const name = nameOf(revision)
  return { kind, revision, name, number: numberOf(revision), ...values, message: `${name}: ${message}` }
}

const adoptRevision = (revision: ControllerRevision): ChangeRevision =>
  change('AdoptRevision', revision, 'has no owner and matches the selector')

const releaseRevision = (revision: ControllerRevision): ChangeRevision =>
  change('ReleaseRevision', revision, 'no longer matches the selector')

/** The revisions of a sync: which are the DaemonSet's own, and the one of the present template among them. */
export function syncHistory(
  { daemonSet, revisions, hashFor }: Pick<StepInput, 'daemonSet' | 'revisions' | 'hashFor'>,
  reader: Reader,
  reading: DaemonSetReading,
): History {
  const claims = claim(revisions, daemonSet, reading.matches)
  const history = constructHistory({
    daemonSet,
    data: reading.data,
    owned: claims.claimed,
    all: revisions,
    dataOf: (revision) => reader.revisionData(revision),
    hashFor: hashFor ?? ((request) => `revision-${request.revision}`),
  })
  const ownership = [...claims.adopted.map(adoptRevision), ...claims.released.map(releaseRevision)]
  return { ...history, actions: [...ownership, ...history.actions] }
}

/**
 * Finds the revision of the present template among those that the DaemonSet owns, or makes it; an equal old one is raised
 * to the highest number. `constructHistory` of upstream's `update.go`.
 */
function constructHistory(input: HistoryInput): History {
  const actions: RevisionAction[] = []
  const same: ControllerRevision[] = []
  const old: ControllerRevision[] = []
  for (const revision of input.owned) {
    if (hashOf(revision) === undefined)
      actions.push(
        change('LabelRevision', revision, 'has no hash label, its name serves', { hash: nameOf(revision) }),
      )
    if (input.dataOf(revision) === input.data) same.push(revision)
    else old.push(revision)
  }
  const next = 1 + Math.max(0, ...old.map(numberOf))
  const kept = same.reduce<ControllerRevision | undefined>(
    (best, one) => (best && numberOf(best) > numberOf(one) ? best : one),
    undefined,
  )
  if (!kept) return createRevision(input, next, old, actions)
  for (const revision of same)
    if (revision !== kept)
      actions.push(change('DeleteRevision', revision, `holds the same template as ${nameOf(kept)}`))
  if (numberOf(kept) < next)
    actions.push(
      change('RenumberRevision', kept, `holds the present template: ${numberOf(kept)} becomes ${next}`, {
        number: next,
      }),
    )
  return {
    actions,
    current: {
      name: nameOf(kept),
      hash: hashOf(kept) ?? nameOf(kept),
      number: Math.max(numberOf(kept), next),
    },
    old,
    relabelsPods: same.length > 1,
  }
}

function createRevision(
  input: HistoryInput,
  number: number,
  old: readonly ControllerRevision[],
  actions: RevisionAction[],
): History {
  const { daemonSet, data } = input
  const collisionCount = daemonSet.status?.collisionCount ?? undefined
  const hash = input.hashFor({ daemonSet, data, revision: number, collisionCount })
  const name = `${daemonSet.metadata?.name ?? ''}-${hash}`
  const taken = input.all.find((revision) => nameOf(revision) === name)
  if (taken && input.dataOf(taken) !== data) {
    const count = (collisionCount ?? 0) + 1
    const message = `${name}: the name is taken by another template, collision ${count}`
    actions.push({ kind: 'CountCollision', name, collisionCount: count, message })
    return { actions, current: undefined, old, relabelsPods: false }
  }
  if (!taken) actions.push(creation(daemonSet, { name, hash, number, data }))
  return {
    actions,
    current: { name, hash: (taken && hashOf(taken)) ?? hash, number: taken ? numberOf(taken) : number },
    old,
    relabelsPods: false,
  }
}

function creation(
  daemonSet: DaemonSet,
  made: { readonly name: string; readonly hash: string; readonly number: number; readonly data: string },
): CreateRevision {
  const annotations = daemonSet.metadata?.annotations
  return {
    kind: 'CreateRevision',
    ...made,
    revision: {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: made.name,
        namespace: daemonSet.metadata?.namespace,
        labels: { ...daemonSet.spec?.template?.metadata?.labels, [hashLabel]: made.hash },
        ...(annotations && { annotations }),
        ownerReferences: [ownerReferenceTo(daemonSet)],
      },
      data: JSON.parse(made.data),
      revision: made.number,
    },
    message: `${made.name}: no revision holds the present template, it becomes number ${made.number}`,
  }
}

/**
 * Old revisions beyond `revisionHistoryLimit`, lowest number first, but none whose hash a live pod carries:
 * `cleanupHistory`.
 */
export function cleanUpHistory(
  old: readonly ControllerRevision[],
  limit: number,
  liveHashes: ReadonlySet<string>,
): ChangeRevision[] {
  return old
    .filter((revision) => !liveHashes.has(hashOf(revision) ?? nameOf(revision)))
    .sort((one, other) => numberOf(one) - numberOf(other))
    .slice(0, Math.max(0, old.length - limit))
    .map((revision) => change('DeleteRevision', revision, `is beyond revisionHistoryLimit ${limit}`))
}
