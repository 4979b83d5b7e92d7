import { KdsError } from '#base/errors.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import type { Context } from '#cli/context.ts'
import { backoff } from '#cluster/live/retry.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import { CannotFinish, follow } from '#commands/rollout/follow.ts'
import type { FollowFlags } from '#commands/rollout/following.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { applyUndo, planUndo, type UndoPlan } from '#rollout/undo.ts'

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
  if (sameTemplate(before, daemonSet)) throw failed('its template did not change, so nothing was restored')
  const plan = await undoTo(before, daemonSet, connected)
  if (!plan) throw failed('the previous revision is gone, so nothing was restored')
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
    'its last-applied annotation still holds the failed manifest: fix the manifest before you apply it again',
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
      `${nameOf(after).name} was changed by someone else meanwhile; nothing was restored`,
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
  try {
    await follow(daemonSet, { ...flags, failFast: true }, connected, context)
    return undefined
  } catch (error) {
    if (error instanceof CannotFinish) return error.why
    if (error instanceof KdsError && error.code === 'timeout') return 'it timed out'
    throw error
  }
}
