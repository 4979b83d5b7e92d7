import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { DaemonSet } from '#kube/types.ts'

/** A write as it is told about: `rolled back`, `restarted`. */
export interface Write {
  readonly daemonSet: DaemonSet
  readonly done: string
}

/** Whether a write that failed like this may have been carried out all the same, or may be yet. */
export function mayBeDone(error: ApiError): boolean {
  return error.ambiguous || error.status >= 500
}

/** What is told when a write may have been carried out and nobody can say. `cause` is why the look failed. */
export function unknownOutcome(write: Write, cause: unknown): KdsError {
  const why = cause instanceof Error ? cause.message.replace(/^error: /, '') : ''
  return uncertain(write, 'no answer came', why === '' ? '' : ` (${why})`, cause)
}

/**
 * What a write gives. Ctrl-C does not take back what is under way: it is told that the write may have been carried out, with
 * the exit code of an interrupted command.
 */
export async function interruptible<T>(
  write: Write,
  signal: AbortSignal | undefined,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error
    throw uncertain(write, 'interrupted', '', error, 130)
  }
}

/** How often kubectl sends a patch again that met a conflict, and kds a write whose answer got lost. */
const attempts = 6

/** A write that does no harm when it is made twice, from a state `S` to a result `R`. */
export interface RepeatableWrite<S, R> extends Write {
  readonly signal: AbortSignal | undefined
  /** Waits before another try, ever longer; absent does not wait. */
  readonly pause: ((attempt: number) => Promise<void>) | undefined
  /** Makes it, from the state there is. */
  make(state: S): Promise<R>
  /** The state there is now. */
  look(): Promise<S>
  /** What the write gave, if it was carried out; `before` is the state from which it was made. */
  found(state: S, before: S): R | undefined
  /** Whether it makes sense to go on from another state than the one before. */
  isSame(state: S, before: S): boolean
}

/**
 * Makes a write until it is done: one that met a conflict, or whose answer got lost, is looked up and made again from the state
 * there is now. Where nobody can tell, the error says so.
 */
export async function carryOut<S, R>(write: RepeatableWrite<S, R>, start: S): Promise<R> {
  const { daemonSet, done, signal, pause } = write
  const told = { daemonSet, done }
  let state = start
  for (let attempt = 1; ; attempt++) {
    try {
      return await interruptible(told, signal, write.make(state))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const unclear = mayBeDone(error)
      const conflicts = error.status === 409 && error.code === 'Conflict'
      if (!unclear && !conflicts) throw error
      const before = state
      state = await write.look().catch((unseen: unknown) => {
        throw unclear ? unknownOutcome(told, unseen) : unseen
      })
      const result = unclear ? write.found(state, before) : undefined
      if (result !== undefined) return result
      if (unclear && !write.isSame(state, before)) throw unknownOutcome(told, error)
      if (attempt >= attempts || !(conflicts || error.ambiguous)) throw error
      await pause?.(attempt)
    }
  }
}

function uncertain(
  { daemonSet, done }: Write,
  happened: string,
  why: string,
  cause: unknown,
  exitCode = 1,
): KdsError {
  const { name = '', namespace = '' } = daemonSet.metadata ?? {}
  const look = `kds rollout history ds/${name}${namespace ? ` -n ${namespace}` : ''}`
  return new KdsError(
    'unknown-outcome',
    `${happened}: whether daemonset.apps/${name} was ${done} is unknown${why}`,
    {
      hint: `look with ${look} before it is tried again`,
      cause,
      exitCode,
    },
  )
}
