import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { interrupted } from '#cli/exit-codes.ts'
import { ApiError } from '#cluster/api-error.ts'
import { nameOf } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import { hinted } from '#commands/shared/hints.ts'
import { withinTime } from '#commands/shared/time-limit.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import type { DaemonSet } from '#kube/types.ts'
import { driveWaves } from '#rollout/waves/drive.ts'
import type { WavesEnd } from '#rollout/waves/events.ts'
import { takeLease } from '#rollout/waves/lease.ts'
import { noWavesThere, releaseLease } from '#rollout/waves/marks.ts'
import { runGateCommand } from './gate.ts'
import { holderName } from './holder.ts'
import { type WavesView, wavesView } from './views.ts'

export interface CarryOnOptions {
  /** The user's gate command; undefined: not said. Empty: none. */
  readonly gate: string | undefined
  readonly json: boolean
  /** Goes on with what is paused. */
  readonly resume?: boolean
  /** The lease is had already, under this name; else it is taken. */
  readonly holder?: string
  /** Looks on, and takes no part: to the end, or for as long as somebody is at work. */
  readonly follow?: 'to-the-end' | 'while-held'
  /** An abort is what is wanted. */
  readonly aborts?: boolean
  /** Said first. */
  readonly first?: readonly [event: string, text: string, more?: object]
}

/** How long a server may take to hear that nobody is at work any more. */
const farewellMs = 3_000

/**
 * Carries a roll-out in waves on to its end, and shows it. Answers the exit code.
 *
 * @throws KdsError when a wave has failed, and as `driveWaves` does
 */
export async function carryOn(
  daemonSet: DaemonSet,
  options: CarryOnOptions,
  connected: Connected,
  context: Context,
): Promise<number> {
  const name = nameOf(daemonSet)
  const record = wavesRecord(daemonSet)
  if (!record) throw noWavesThere(name)
  const { follow, gate, json } = options
  if (follow === undefined && record.state.phase !== 'aborting') requireGate(record.plan.gate, gate)
  const view = wavesView(name, record.plan.bake, json, context)
  if (options.first) view.say(...options.first)
  const holder = follow === undefined ? (options.holder ?? holderName()) : undefined
  let end: WavesEnd
  try {
    end = await drive(daemonSet, { ...options, holder }, view, connected, context)
    view.end(end)
  } catch (error) {
    view.close()
    if (holder !== undefined) await sayGoodbye(name, holder, connected, context)
    if (connected.signal.aborted) return broken(name, holder !== undefined, context)
    throw error instanceof KdsError ? withWayOn(await hinted(error, connected), name) : error
  } finally {
    view.close()
  }
  return concluded(name, end, options, context)
}

async function drive(
  daemonSet: DaemonSet,
  { gate = '', holder, resume, ...options }: Omit<CarryOnOptions, 'holder'> & { holder: string | undefined },
  view: WavesView,
  { cluster, signal }: Connected,
  context: Context,
): Promise<WavesEnd> {
  const { clock } = context
  const tell: WavesView['tell'] = (event) => view.tell(event)
  const name = nameOf(daemonSet)
  const given = wavesRecord(daemonSet)?.state.lease?.holder === holder
  const taken =
    holder === undefined || given
      ? daemonSet
      : await takeLease(cluster, name, { clock, holder, signal, tell })
  if (!taken) throw noWavesThere(name)
  return driveWaves(cluster, taken, {
    clock,
    signal,
    holder,
    tell,
    resume: resume ?? false,
    whileHeld: options.follow === 'while-held',
    runGate: gate === '' ? undefined : (call, ended) => runGateCommand(gate, call, ended, context),
  })
}

/** A gate that was asked for is not forgotten by whoever goes on; nor is a command run that stands in an annotation. */
export function requireGate(recorded: string | undefined, given: string | undefined): void {
  if (recorded === undefined || given !== undefined) return
  throw new KdsError(
    'gate',
    'this roll-out was begun with a gate, which kds does not run from an annotation',
    {
      hint: `give it again, --gate ${shellWord(recorded)}, or go on without one: --gate=`,
    },
  )
}

const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** Where the roll-out goes on by itself nobody needs to hear of it; else the lease runs out. */
async function sayGoodbye(
  name: ReturnType<typeof nameOf>,
  holder: string,
  { cluster }: Connected,
  { clock }: Context,
): Promise<void> {
  try {
    await withinTime(farewellMs, clock, new AbortController().signal, (signal) =>
      releaseLease(cluster, name, holder, { clock, signal }),
    )
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
  }
}

const waysOn = ({ name, namespace }: { name: string; namespace: string }) =>
  `kds rollout waves resume ds/${name} -n ${namespace} continues, abort goes back`

function broken(name: ReturnType<typeof nameOf>, working: boolean, { stderr }: Context): number {
  if (working)
    stderr.write(
      `interrupted: daemonset.apps/${name.name} is left as it is, nothing more is changed\nhint: ${waysOn(name)}\n`,
    )
  return interrupted
}

/** What became of the waves stands in the DaemonSet: while that is there, whatever failed, somebody can go on. */
function withWayOn(error: KdsError, name: ReturnType<typeof nameOf>): KdsError {
  // Errors of the roll-out itself say what to do; those of the server may have a hint, but know nothing of it.
  const told = error.hint !== undefined && !(error.cause instanceof ApiError)
  if (told || error.code === 'deleted') return error
  return new KdsError(error.code, error.message, {
    verbatim: error.verbatim,
    exitCode: error.exitCode,
    hint: error.hint === undefined ? waysOn(name) : `${error.hint}; ${waysOn(name)}`,
    cause: error,
  })
}

function concluded(
  name: ReturnType<typeof nameOf>,
  end: WavesEnd,
  { aborts = false, json }: CarryOnOptions,
  context: Context,
): number {
  const { outcome, progress, untidy, why } = end
  if (untidy !== undefined) tellWarning(`its revisions keep annotations of the waves: ${untidy}`, context)
  const { stderr, stdout } = context
  // A terminal shows the reason already, in the line about the wave; a pipe of stderr alone would lose it.
  const seen = !json && stdout.isTerminal && stderr.isTerminal
  const once = (failure: string) => (seen ? `${failure.split(': ', 1)[0]} (see above)` : failure)
  if (outcome === 'paused' && progress)
    throw new KdsError(
      'wave-failed',
      once(`wave ${progress.wave + 1} of ${progress.waves} has failed: ${why}`),
      {
        hint: `kds rollout waves resume ds/${name.name} -n ${name.namespace} continues, promote skips its bake and gates, abort goes back`,
      },
    )
  if (outcome === 'aborted' && !aborts && why !== '') throw new KdsError('wave-failed', once(why))
  if (outcome === 'aborted' && !aborts)
    throw new KdsError('aborted', 'someone has aborted the roll-out: no pod runs the new revision')
  return 0
}
