import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { Failures } from '#commands/shared/failures.ts'
import { withinTime } from '#commands/shared/time-limit.ts'
import type { DaemonSet } from '#kube/types.ts'
import { SharedWatch } from '#rollout/shared-watch.ts'
import { detailedExitCode, followRollout } from '#rollout/status.ts'
import { Followed } from './followed.ts'
import type { FollowFlags, Following } from './following.ts'
import { concludeDone } from './settle.ts'
import { JsonView, LineView, type StatusView, TerminalView } from './status-views.ts'

const timedOut = 124

/** How long a cluster may take to tell why, once the time is up. */
const lastWordMs = 10_000

/** A time-out with the exit code that `--detailed-exitcode` has for it; any other error as it is. */
export function detailedTimeout(error: unknown): unknown {
  return error instanceof KdsError && error.code === 'timeout'
    ? new KdsError(error.code, error.message, { exitCode: timedOut })
    : error
}

/** How often the live view counts on. */
const tickMs = 1_000

/** How often it is asked what holds a roll-out back; so many times as long as the answer takes, where that is longer. */
const askAgain = { ms: 2_000, times: 100, mostMs: 20_000 }

/** As many roll-outs as a picture is kept up to date of by watches of their pods. */
const watchedPods = 4

function viewOf(all: readonly Followed[], flags: FollowFlags, context: Context): StatusView {
  const live =
    !flags.json && context.stdout.isTerminal && context.env.TERM !== 'dumb' && flags.watch !== false
  if (!live) {
    context.saveWork?.()
    return flags.json ? new JsonView(context) : new LineView(context)
  }
  context.saveMemory?.()
  return new TerminalView(all, context)
}

/** A roll-out was given up that cannot come to its end by itself. */
export class CannotFinish extends KdsError {
  /** In one sentence. */
  readonly why: string

  constructor(subject: string, why: string, exitCode: number) {
    super('cannot-finish', `${subject} does not roll out: ${why}`, { exitCode })
    this.why = why
  }
}

/** Follows one roll-out and shows it. Answers the exit code. @throws KdsError when it fails, as `followRollout` does. */
export async function follow(
  daemonSet: DaemonSet,
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const { all, exits } = await followTogether([daemonSet], flags, connected, context)
  if (all[0]?.error) throw all[0].error
  return Math.max(0, ...exits)
}

/**
 * Follows roll-outs together and shows them. Failures are reported on stderr, behind them those of what is `missing`. Answers the
 * worst exit code.
 */
export async function followAll(
  daemonSets: readonly DaemonSet[],
  flags: FollowFlags,
  connected: Connected,
  context: Context,
  missing: readonly KdsError[] = [],
): Promise<number> {
  const { all, exits } = await followTogether(daemonSets, flags, connected, context)
  const failures = new Failures()
  for (const { error } of all) if (error) failures.add(error)
  failures.add(...missing)
  return Math.max(0, ...exits, await failures.report(connected, context))
}

async function followTogether(
  daemonSets: readonly DaemonSet[],
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<{ readonly all: readonly Followed[]; readonly exits: readonly number[] }> {
  const all = daemonSets.map((one) => new Followed(one, context.clock.now()))
  const view = viewOf(all, flags, context)
  const over = new AbortController()
  const ends = AbortSignal.any([connected.signal, over.signal])
  const following: Following = { all, flags, view, connected, context, firstWords: new Map(), over: ends }
  const meanwhile =
    flags.watch === false
      ? undefined
      : Promise.all([keepTicking(following, over.signal), keepExplaining(following, over.signal)])
  const shared = sharedWatch(all, connected, over.signal)
  let exits: number[] = []
  try {
    exits = await Promise.all(all.map((one) => followOne(one, following, shared)))
  } finally {
    over.abort()
    await meanwhile
    view.end()
  }
  return { all, exits }
}

/** As many watches as DaemonSets, where there are few; else one for all of them. */
function sharedWatch(
  all: readonly Followed[],
  { cluster }: Connected,
  signal: AbortSignal,
): SharedWatch | undefined {
  if (all.length < 4) return undefined
  const namespaces = new Set(all.map(({ name }) => name.namespace))
  const [namespace] = namespaces
  return new SharedWatch(cluster, { signal, ...(namespaces.size === 1 && namespace ? { namespace } : {}) })
}

async function followOne(
  one: Followed,
  following: Following,
  shared: SharedWatch | undefined,
): Promise<number> {
  const { connected, context, flags, view } = following
  const signal = AbortSignal.any([connected.signal, one.stop.signal])
  const { onDelete = false, revision = 0, timeout, watch = true } = flags
  const { clock } = context
  const asked = { watch, timeout, onDelete, ...(revision > 0 ? { revision } : {}) }
  const options = { ...asked, clock, signal, known: one.daemonSet, shared }
  try {
    for await (const progress of followRollout(connected.cluster, one.name, options)) {
      one.changed(progress, clock.now())
      view.changed(one)
    }
    if (one.done) {
      const exit = await concludeDone(one, following)
      return flags.detailed && exit === 0
        ? detailedExitCode({ state: 'done', desired: one.counts.desired }, undefined)
        : exit
    }
    await explain([one], following, connected.signal)
    const { judgement } = one.last ?? {}
    return flags.detailed && judgement ? detailedExitCode(judgement, one.state?.health) : 0
  } catch (error) {
    if (!(error instanceof KdsError) || connected.signal.aborted) throw error
    one.error = flags.detailed ? (detailedTimeout(error) as KdsError) : error
    if (error.code === 'timeout')
      await withinTime(lastWordMs, clock, connected.signal, (signal) => explain([one], following, signal))
    return 0
  } finally {
    one.over = true
  }
}

async function keepTicking({ all, context, flags, view }: Following, over: AbortSignal): Promise<void> {
  const { clock } = context
  const { progressTimeout = 0 } = flags
  if (!view.tick && progressTimeout === 0) return
  while (await pause(clock, tickMs, over)) {
    view.tick?.()
    if (progressTimeout === 0) continue
    for (const one of all)
      if (!one.over && !one.done && clock.now() - one.progressedAt >= progressTimeout)
        one.stop.abort(
          new KdsError('timeout', `no progress of ${named(one)} for ${progressTimeout / 1000} seconds`),
        )
  }
}

const named = ({ name }: Followed) => `daemon set ${JSON.stringify(name.name)}`

/** Sleeps; false when it is over. */
async function pause(clock: Context['clock'], ms: number, over: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, over)
    return !over.aborted
  } catch {
    return false
  }
}

async function keepExplaining(following: Following, over: AbortSignal): Promise<void> {
  const { all, context, flags, view } = following
  const { clock } = context
  const patience = flags.failFast ? 0 : view.patience
  let wait = Math.min(tickMs, patience)
  while (await pause(clock, Math.max(wait, 100), over)) {
    const asked = clock.now()
    // Reading all of it once says nothing about how long the next look takes.
    const begun = following.live
    const due = all.filter((one) => !one.over && one.last && !one.done && asked - one.changedAt >= patience)
    if (due.length > 0) {
      // Without the permission to look there is nothing to say, now or later.
      if (!(await explain(due, following, over))) return
      if (flags.failFast) for (const one of due) failFast(one, flags)
    }
    const took = begun === following.live ? clock.now() - asked : 0
    wait = Math.max(askAgain.ms, Math.min(askAgain.mostMs, askAgain.times * took))
  }
}

function failFast(one: Followed, { detailed }: FollowFlags): void {
  const { last, state } = one
  if (!state || !last || last.judgement.state === 'unobserved' || !one.seenStuck(state)) return
  const why = (state.finishes.can ? state.holds[0]?.sentence : state.finishes.sentence) ?? state.verdict.text
  const exitCode = detailed ? Math.max(3, detailedExitCode(last.judgement, state.health)) : 1
  one.stop.abort(new CannotFinish(named(one), why, exitCode))
}

/** Asks the cluster why pods are not available, and shows it. False when the cluster does not tell. */
async function explain(
  all: readonly Followed[],
  following: Following,
  signal: AbortSignal,
): Promise<boolean> {
  const { connected, context, firstWords, flags, view } = following
  const asked = all.filter(({ last }) => last !== undefined)
  if (asked.length === 0 || signal.aborted) return false
  try {
    const { LiveObjects, readStates } = await flags.loadStates()
    if (view.patience === 0 && following.all.length <= watchedPods && !following.notLive)
      following.live ??= new LiveObjects(connected.cluster, following.over)
    const { live } = following
    const daemonSets = asked.map(({ daemonSet, last }) => last?.daemonSet ?? daemonSet)
    const now = context.clock.now()
    const options = { now, revisions: true, withoutNodes: true, firstWords, signal, live }
    const states = await readStates(connected.cluster, daemonSets, options)
    asked.forEach((one, at) => {
      one.state = states[at]
      view.explained(one)
    })
    return true
  } catch (error) {
    if (!(error instanceof KdsError) && !signal.aborted) throw error
    if (!following.live || signal.aborted) return false
    // What was asked beside the watches may be answered the next time.
    if (!following.live.failed) return true
    // Who may list may not be allowed to watch.
    following.live = undefined
    following.notLive = true
    return explain(all, following, signal)
  }
}
