import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { nameOf } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { Failures, tellWarning } from '#commands/shared/failures.ts'
import { withinTime } from '#commands/shared/time-limit.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { readStates } from '#rollout/states.ts'
import { detailedExitCode, followRollout, type StatusProgress } from '#rollout/status.ts'
import { JsonView, LineView, type StatusView, TerminalView } from './status-views.ts'

/** Brings the code that tells how DaemonSets are: it is asked only when a roll-out stands still. */
export type LoadStates = () => Promise<typeof readStates>

export interface FollowFlags {
  readonly loadStates: LoadStates
  /** False looks once. */
  readonly watch?: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
  /** 0: whatever revision is rolled out. */
  readonly revision?: number
  readonly onDelete?: boolean
  readonly json?: boolean
  /** Tell how it stands by the exit code. */
  readonly detailed?: boolean
}

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
const tickMs = 500

/** How often it is asked what holds a roll-out back; longer where the answer takes long. */
const askAgainMs = 2_000

function viewOf(daemonSet: DaemonSet, flags: FollowFlags, context: Context): StatusView {
  const name = nameOf(daemonSet)
  if (flags.json) return new JsonView(name, context)
  const live = context.stdout.isTerminal && context.env.TERM !== 'dumb' && flags.watch !== false
  return live ? new TerminalView(name, context) : new LineView(name, context)
}

/** Follows one roll-out and shows it. Answers the exit code. @throws KdsError as `followRollout` does. */
export async function follow(
  daemonSet: DaemonSet,
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const view = viewOf(daemonSet, flags, context)
  const state: FollowState = { last: undefined, since: context.clock.now() }
  const over = new AbortController()
  const meanwhile = Promise.all([
    keepTicking(view, over.signal, context),
    keepExplaining(view, state, flags, over.signal, connected, context),
  ])
  try {
    await followTo(daemonSet, flags, view, state, connected, context)
  } catch (error) {
    if (!(error instanceof KdsError) || error.code !== 'timeout') throw error
    await withinTime(lastWordMs, context.clock, connected.signal, (signal) =>
      explain(view, state, flags, { ...connected, signal }, context),
    )
    throw flags.detailed ? detailedTimeout(error) : error
  } finally {
    over.abort()
    await meanwhile
    view.end()
  }
  return conclude(view, state, flags, connected, context)
}

interface FollowState {
  last: StatusProgress | undefined
  /** When it last came nearer to its end. */
  since: number
}

async function followTo(
  daemonSet: DaemonSet,
  flags: FollowFlags,
  view: StatusView,
  state: FollowState,
  { cluster, signal }: Connected,
  { clock }: Context,
): Promise<void> {
  const { onDelete = false, revision = 0, timeout, watch = true } = flags
  const options = { clock, signal, watch, timeout, onDelete, ...(revision > 0 ? { revision } : {}) }
  for await (const progress of followRollout(cluster, nameOf(daemonSet), options)) {
    if (JSON.stringify(progress.judgement) !== JSON.stringify(state.last?.judgement))
      state.since = clock.now()
    state.last = progress
    view.changed(progress)
  }
}

async function keepTicking(view: StatusView, over: AbortSignal, { clock }: Context): Promise<void> {
  while (await pause(clock, tickMs, over)) view.tick()
}

/** Sleeps; false when it is over. */
async function pause(clock: Context['clock'], ms: number, over: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, over)
    return !over.aborted
  } catch {
    return false
  }
}

async function keepExplaining(
  view: StatusView,
  state: FollowState,
  flags: FollowFlags,
  over: AbortSignal,
  connected: Connected,
  context: Context,
): Promise<void> {
  const { clock } = context
  let wait = Math.min(tickMs, view.patience)
  while (await pause(clock, Math.max(wait, 100), over)) {
    const asked = clock.now()
    const unfinished = state.last && state.last.judgement.state !== 'done'
    if (unfinished && asked - state.since >= view.patience) {
      const told = await explain(view, state, flags, { ...connected, signal: over }, context)
      // Without the permission to look there is nothing to say, now or later.
      if (!told) return
    }
    wait = Math.max(askAgainMs, 10 * (clock.now() - asked))
  }
}

/** Asks the cluster why pods are not available, and shows it. Undefined when the cluster does not tell. */
async function explain(
  view: StatusView,
  { last }: FollowState,
  flags: FollowFlags,
  { cluster, signal }: Connected,
  { clock }: Context,
): Promise<DaemonSetState | undefined> {
  if (!last || signal.aborted) return undefined
  try {
    const readStates = await flags.loadStates()
    const options = { now: clock.now(), revisions: true, signal }
    const [state] = await readStates(cluster, [last.daemonSet], options)
    if (state) view.explained(state)
    return state
  } catch (error) {
    if (error instanceof KdsError || signal.aborted) return undefined
    throw error
  }
}

async function conclude(
  view: StatusView,
  state: FollowState,
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const { last } = state
  if (!last) return 0
  const { daemonSet, judgement } = last
  if (judgement.state === 'done') {
    if (judgement.desired === 0)
      tellWarning(
        `no node matches daemon set ${JSON.stringify(daemonSet.metadata?.name)}: 0 pods\nhint: kds plan ds/${daemonSet.metadata?.name} -n ${daemonSet.metadata?.namespace} tells why`,
        context,
      )
    return flags.detailed ? detailedExitCode(judgement, undefined) : 0
  }
  const told = await explain(view, state, flags, connected, context)
  return flags.detailed ? detailedExitCode(judgement, told?.health) : 0
}

/** Follows roll-outs one after the other. Failures are reported on stderr. Answers the worst exit code. */
export async function waitForAll(
  daemonSets: readonly DaemonSet[],
  flags: FollowFlags,
  connected: Connected,
  context: Context,
): Promise<number> {
  const failures = new Failures()
  let exit = 0
  for (const daemonSet of daemonSets)
    await failures.collect(async () => {
      exit = Math.max(exit, await follow(daemonSet, flags, connected, context))
    })
  return Math.max(exit, await failures.report(connected, context))
}
