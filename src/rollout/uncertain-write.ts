import { KdsError } from '#base/errors.ts'
import type { ApiError } from '#cluster/api-error.ts'
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
