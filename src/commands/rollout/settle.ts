import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { daemonSets } from '#cluster/resources.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import { judgeRollout } from '#controller/rollout-status.ts'
import type { RestartedPod } from '#controller/state/restarted.ts'
import { restartedPods, restartedSince } from '#rollout/restarts.ts'
import { restartsText, type Summary } from '#views/status/summary.ts'
import type { Followed } from './followed.ts'
import type { Following } from './following.ts'

/** Restarts that lie further back than this tell nothing of a roll-out that was done when it was looked at. */
const recentMs = 10 * 60_000

/** How often it is looked for restarts after the end. */
const lookAgainMs = 2_000

/**
 * What is told of a roll-out that is done: that no node matches, how it went, and that its pods restart. With `--settle` it stays
 * for that long, and pods that restart or become unavailable then are an error. Answers the exit code.
 *
 * @throws KdsError when it does not last.
 */
export async function concludeDone(one: Followed, following: Following): Promise<number> {
  const { context, flags, view } = following
  if (one.counts.desired === 0) {
    warnOfNothing(one, context)
    return 0
  }
  const followed = one.wasUnfinished
  const before = await restarts(one, following)
  if (flags.settle && flags.watch !== false) await settle(one, before ?? [], flags.settle, following)
  const now = context.clock.now()
  const recent = before?.filter(({ at }) => followed || (at !== undefined && now - at < recentMs)) ?? []
  view.concluded(one, one.finished > 0 ? summaryOf(one, before) : undefined, recent)
  return 0
}

const summaryOf = (one: Followed, restarted: readonly RestartedPod[] | undefined): Summary => ({
  nodes: one.finished,
  took: (one.endedAt ?? one.began) - one.began,
  atFirst: one.atFirst,
  fewest: one.fewest,
  restarted,
})

/** Undefined where pods may not be read. */
async function restarts(
  one: Followed,
  { connected }: Following,
): Promise<readonly RestartedPod[] | undefined> {
  const { cluster, signal } = connected
  try {
    return await restartedPods(cluster, one.last?.daemonSet ?? one.daemonSet, { signal })
  } catch (error) {
    if (error instanceof KdsError) return undefined
    throw error
  }
}

async function settle(
  one: Followed,
  before: readonly RestartedPod[],
  ms: number,
  following: Following,
): Promise<void> {
  const { connected, context, flags } = following
  const { clock } = context
  const until = clock.now() + ms
  one.settlesUntil = until
  const exitCode = flags.detailed ? 3 : 1
  const subject = `daemon set ${JSON.stringify(one.name.name)} rolled out, but`
  for (let left = ms; left > 0; left = until - clock.now()) {
    await clock.sleep(Math.min(left, lookAgainMs), connected.signal)
    const again = restartedSince(before, (await restarts(one, following)) ?? [])
    if (again.length > 0) throw new KdsError('restarts', `${subject} ${restartsText(again)}`, { exitCode })
  }
  const { signal } = connected
  const now = judgeRollout(await connected.cluster.get(daemonSets, one.name, { signal }), { onDelete: true })
  if (now.state === 'waiting')
    throw new KdsError(
      'unavailable',
      `${subject} only ${now.available} of ${now.desired} pods are available`,
      {
        exitCode,
      },
    )
}

/** Tells that no node matches. */
function warnOfNothing({ name }: Followed, context: Context): void {
  tellWarning(
    `no node matches daemon set ${JSON.stringify(name.name)}: 0 pods\nhint: see why with: kds plan ds/${name.name} -n ${name.namespace}`,
    context,
  )
}
