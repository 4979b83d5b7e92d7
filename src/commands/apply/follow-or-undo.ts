import { KdsError } from '#base/errors.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import type { Context } from '#cli/context.ts'
import { backoff } from '#cluster/live/retry.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import { type FollowFlags, follow } from '#commands/rollout/follow.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { applyUndo, planUndo, type UndoPlan } from '#rollout/undo.ts'

/** How often it is asked whether the roll-out can come to its end. */
const lookMs = 3_000

/** So many looks in a row must say that it cannot: a pod that is restarted once may yet start. */
const looksToBelieve = 2

/**
 * Follows a roll-out. Where it fails, can no longer come to its end by itself, or the time is up, the template of before is put back
 * and its roll-out followed.
 *
 * @throws KdsError that tells why it failed, and what was done about it
 */
export async function followOrUndo(
  daemonSet: DaemonSet,
  before: DaemonSet | undefined,
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const why = await failureOf(daemonSet, flags, connected, context)
  if (why === undefined) return 0
  const name = `daemonset.apps/${nameOf(daemonSet).name}`
  const failed = (done: string) =>
    new KdsError('rollout-failed', `${name} was not rolled out: ${why}; ${done}`)
  if (!before) throw failed('there is nothing to go back to: it was created')
  if (sameTemplate(before, daemonSet)) throw failed('its template did not change, so nothing was put back')
  const plan = await undoTo(before, daemonSet, connected)
  if (!plan) throw failed('the revision of before is gone, so nothing was put back')
  context.stderr.write(`${name} was not rolled out: ${why}\n`)
  const { target } = plan
  await applyUndo(connected.cluster, plan, {
    signal: connected.signal,
    changeCause: target.changeCause,
    pause: (attempt) => context.clock.sleep(backoff(attempt, Math.random), connected.signal),
  })
  context.stderr.write(
    `${name} goes back to revision ${target.revision} (now revision ${plan.newRevision})\n`,
  )
  tellWarning(
    'what was applied last is written on it still: mend the manifest before it is applied again',
    context,
  )
  await follow(daemonSet, flags, connected, context)
  throw failed(`revision ${target.revision} is back`)
}

const sameTemplate = (a: DaemonSet, b: DaemonSet) => sameIgnoringNulls(a.spec?.template, b.spec?.template)

/** How to go back to the template of before; undefined where its revision is gone. */
async function undoTo(
  before: DaemonSet,
  after: DaemonSet,
  { cluster, signal }: Connected,
): Promise<UndoPlan | undefined> {
  const now = await cluster.get(daemonSets, nameOf(after), { signal })
  if (!sameTemplate(now, after))
    throw new KdsError(
      'changed',
      `${nameOf(after).name} was changed by somebody else meanwhile; nothing was put back`,
    )
  const history = await loadHistory(cluster, now, { signal })
  const target = history.find(({ template }) => sameIgnoringNulls(template, before.spec?.template))
  return target && planUndo(now, history, target.revision)
}

/** Why the roll-out failed; undefined where it is done. */
async function failureOf(
  daemonSet: DaemonSet,
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<string | undefined> {
  const given = new AbortController()
  const over = new AbortController()
  const signal = AbortSignal.any([connected.signal, given.signal])
  let stuck: string | undefined
  const watching = untilStuck(
    daemonSet,
    flags,
    { ...connected, signal: AbortSignal.any([signal, over.signal]) },
    context,
  ).then((why) => {
    stuck = why
    if (why !== undefined) given.abort(new KdsError('stuck', why))
  })
  try {
    await follow(daemonSet, flags, { ...connected, signal }, context)
    return undefined
  } catch (error) {
    if (stuck !== undefined) return stuck
    if (error instanceof KdsError && error.code === 'timeout') return 'the time is up'
    throw error
  } finally {
    over.abort()
    await watching
  }
}

/** Looks until the roll-out cannot come to its end by itself, and tells why; undefined when it is over before. */
async function untilStuck(
  daemonSet: DaemonSet,
  { loadStates }: FollowFlags,
  { cluster, signal }: Connected,
  { clock }: Context,
): Promise<string | undefined> {
  const readStates = await loadStates()
  let looks = 0
  for (;;) {
    try {
      await clock.sleep(lookMs, signal)
      const now = await cluster.get(daemonSets, nameOf(daemonSet), { signal })
      const [state] = await readStates(cluster, [now], { now: clock.now(), revisions: true, signal })
      const isSeen = (now.status?.observedGeneration ?? 0) >= (daemonSet.metadata?.generation ?? 0)
      looks = isSeen && state && !state.finishes.can ? looks + 1 : 0
      if (state && !state.finishes.can && looks >= looksToBelieve) return state.finishes.sentence
    } catch (error) {
      if (signal.aborted) return undefined
      if (!(error instanceof KdsError)) throw error
    }
  }
}
