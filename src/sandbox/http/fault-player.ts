import type { ServerResponse } from 'node:http'
import {
  internalError,
  modified,
  type StatusError,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
} from '../api/status-errors.ts'
import type { SandboxClock } from '../clock.ts'
import type { Fault } from '../faults/faults.ts'
import type { Target } from './target.ts'

function refusalOf(fault: Fault, { type, name = '' }: Target): StatusError | undefined {
  switch (fault.kind) {
    case 'too-many-requests':
      return tooManyRequests(
        'the server has received too many requests and has asked us to try again later',
        fault.retryAfterSeconds ?? 1,
      )
    case 'internal-error':
      return internalError('injected fault')
    case 'unavailable':
      return serviceUnavailable('the server is currently unable to handle the request')
    case 'conflict':
      return modified(type, name)
    case 'unauthorized':
      return unauthorized()
    default:
      return undefined
  }
}

/** Lets the connection end where the answer would begin. */
function loseAnswer(response: ServerResponse): void {
  response.on('error', () => undefined)
  response.writeHead = () => response.destroy()
}

/**
 * Plays the faults that meet a request before it is handled.
 *
 * @returns False: the request is not to be handled, its connection is dropped or hangs.
 * @throws StatusError for the faults that are answers.
 */
export async function playFaults(
  faults: readonly Fault[],
  target: Target,
  response: ServerResponse,
  clock: SandboxClock,
): Promise<boolean> {
  for (const fault of faults) {
    if (fault.kind === 'latency')
      await new Promise<void>((resolve) => {
        clock.schedule(fault.milliseconds ?? 0, resolve)
      })
    if (fault.kind === 'drop') {
      response.destroy()
      return false
    }
    if (fault.kind === 'hang') return false
    if (fault.kind === 'lost-answer') loseAnswer(response)
    const refusal = refusalOf(fault, target)
    if (refusal) throw refusal
  }
  return true
}
