import { KdsError } from '#base/errors.ts'
import { sameJson } from '#base/json.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { controllerRevisions, daemonSets, nameOf } from '#cluster/resources.ts'
import { lastAppliedAnnotation as lastApplied } from '#kube/annotations.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { isTemplateOf, patched, type Revision, revisionsHint } from './history.ts'
import { changeCauseAnnotation } from './own.ts'
import { interruptible, mayBeDone, unknownOutcome, type Write } from './uncertain-write.ts'

/** How often a write is made again because only the status changed meanwhile. */
const attempts = 6

/** What an undo would do. */
export interface UndoPlan {
  readonly daemonSet: DaemonSet
  readonly target: Revision
  /** The template is the target's already: there is nothing to do. */
  readonly skipped: boolean
  /** The DaemonSet with the target's template. */
  readonly result: DaemonSet
  /** The number that the target's template will have: the controller renumbers the revision that comes back. */
  readonly newRevision: number
}

/** The warning that kubectl gives before it looks any further, or undefined. */
export function undoWarning(daemonSet: DaemonSet): string | undefined {
  if (daemonSet.metadata?.annotations?.[lastApplied] === undefined) return undefined
  return `resource daemonsets/${daemonSet.metadata.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${lastApplied} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`
}

/**
 * Chooses the revision to go back to: `toRevision`, or the one before the highest for 0.
 *
 * @throws KdsError in kubectl's words when there is none.
 */
export function planUndo(daemonSet: DaemonSet, history: readonly Revision[], toRevision = 0): UndoPlan {
  if (toRevision === 0 && history.length <= 1)
    throw new KdsError('not-found', 'no last revision to roll back to')
  const target = toRevision === 0 ? history.at(-2) : history.find((one) => one.revision === toRevision)
  if (!target)
    throw new KdsError('not-found', `unable to find specified revision ${toRevision} in history`, {
      ...(toRevision > 0 && { hint: revisionsHint(history) }),
    })
  const highest = Math.max(...history.map((one) => one.revision))
  return {
    daemonSet,
    target,
    skipped: isTemplateOf(daemonSet, target.object),
    result: patched(daemonSet, target.object),
    newRevision: target.revision === highest ? highest : highest + 1,
  }
}

interface UndoOptions extends CallOptions {
  /** The server goes through the motions and stores nothing. */
  readonly dryRun?: boolean
  /**
   * Written to the revision that comes back, and the DaemonSet's own is taken away, because it told of what is gone; empty
   * or absent leaves both as they are.
   */
  readonly changeCause?: string
  readonly fieldManager?: string | undefined
  /** Waits before another try, ever longer; absent does not wait. */
  readonly pause?: (attempt: number) => Promise<void>
}

interface UndoResult {
  readonly daemonSet: DaemonSet
  /** Why the change cause could not be written to the revision; the roll-back itself is done. */
  readonly causeNotRecorded?: string
}

/** The change cause that kds records when it is given none. */
export function defaultChangeCause({ target }: UndoPlan): string {
  const cause = target.changeCause.replace(/^(?:rollback to revision \d+(?:: |$))+/, '')
  const before = cause === '' ? '' : `: ${cause}`
  return `rollback to revision ${target.revision}${before}`
}

/**
 * Puts the target's template back by a strategic merge patch of the revision's stored data. The patch holds for the state
 * that the plan was made from: when only the status has changed since, it is made again; when the spec has, nothing is
 * written. A patch whose answer got lost is looked up, never sent blindly again, and where that tells nothing either, the
 * error says so.
 */
export async function applyUndo(
  cluster: Cluster,
  plan: UndoPlan,
  options: UndoOptions = {},
): Promise<UndoResult> {
  const { signal, dryRun = false, changeCause = '', fieldManager, pause } = options
  const write = { daemonSet: plan.daemonSet, done: 'rolled back' }
  let state = plan.daemonSet
  let uncertain = false
  for (let attempt = 1; ; attempt++) {
    try {
      const sent = cluster.patch(
        daemonSets,
        nameOf(plan.daemonSet),
        { type: 'strategic', body: patchBody(plan, state, changeCause) },
        { dryRun, fieldManager, signal },
      )
      if (dryRun) return { daemonSet: await sent }
      const daemonSet = await interruptible(write, signal, sent)
      return await recordCause(cluster, plan, daemonSet, changeCause, signal)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const unclear = mayBeDone(error)
      if (!(error.status === 409 || unclear) || dryRun) throw failed(plan, error)
      uncertain ||= unclear
      state = await lookUp(cluster, plan, uncertain ? write : undefined, signal)
      if (isTemplateOf(state, plan.target.object) && isSameObject(state, plan.daemonSet))
        return recordCause(cluster, plan, state, changeCause, signal)
      if (
        !isSameObject(state, plan.daemonSet) ||
        !sameJson(templateJson(state), templateJson(plan.daemonSet))
      )
        throw uncertain ? changedAfterwards(write) : changedMeanwhile(plan)
      // Whoever says what no API server says will not come to its senses.
      if (attempt >= attempts || error.code === 'Unexpected') throw failed(plan, error)
      await pause?.(attempt)
    }
  }
}

/** The state of the DaemonSet after a patch that did not go as it should; `write` is told about where that cannot be had. */
async function lookUp(
  cluster: Cluster,
  plan: UndoPlan,
  write: Write | undefined,
  signal: AbortSignal | undefined,
): Promise<DaemonSet> {
  try {
    return await cluster.get(daemonSets, nameOf(plan.daemonSet), { signal })
  } catch (error) {
    if (!write || (!(error instanceof ApiError) && !signal?.aborted)) throw error
    throw unknownOutcome(write, error)
  }
}

/** The change cause goes to the revision that comes back: left on the DaemonSet, the next revision would be given it, too. */
function patchBody({ target }: UndoPlan, state: DaemonSet, changeCause: string): JsonObject {
  const resourceVersion = state.metadata?.resourceVersion ?? ''
  return {
    ...target.object.data,
    metadata: {
      ...(resourceVersion === '' ? {} : { resourceVersion }),
      ...(changeCause === '' ? {} : { annotations: { [changeCauseAnnotation]: null } }),
    },
  }
}

/** The controller copies annotations only into revisions that it makes, so the revision that comes back is given its change cause here. */
async function recordCause(
  cluster: Cluster,
  plan: UndoPlan,
  daemonSet: DaemonSet,
  changeCause: string,
  signal: AbortSignal | undefined,
): Promise<UndoResult> {
  if (changeCause === '') return { daemonSet }
  try {
    await cluster.patch(
      controllerRevisions,
      nameOf(plan.target.object),
      { type: 'merge', body: { metadata: { annotations: { [changeCauseAnnotation]: changeCause } } } },
      { signal },
    )
    return { daemonSet }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { daemonSet, causeNotRecorded: error.serverMessage || error.message }
  }
}

function failed({ target }: UndoPlan, error: ApiError): KdsError {
  if (error.serverMessage === '') return error
  return new KdsError(error.code, `failed restoring revision ${target.revision}: ${error.serverMessage}`, {
    cause: error,
  })
}

function changedMeanwhile({ daemonSet }: UndoPlan): KdsError {
  return new KdsError(
    'changed',
    `daemonsets.apps "${nameOf(daemonSet).name}" was changed by someone else meanwhile; nothing was rolled back`,
    { hint: 'look at the history again, then repeat the undo' },
  )
}

/** Somebody changed it after a patch that may have been carried out: a webhook, or another person. */
const changedAfterwards = (write: Write) =>
  unknownOutcome(write, new Error('it is neither what it was nor what it should be'))

function isSameObject(a: DaemonSet, b: DaemonSet): boolean {
  return a.metadata?.uid === b.metadata?.uid
}

const templateJson = (daemonSet: DaemonSet) => (daemonSet.spec?.template ?? null) as JsonObject | null
