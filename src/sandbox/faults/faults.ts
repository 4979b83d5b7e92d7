import type { Verb } from '../api/resource-type.ts'

/** What goes wrong. */
export type FaultKind =
  /** The answer comes `milliseconds` later. */
  | 'latency'
  /** 429 with Retry-After. */
  | 'too-many-requests'
  | 'internal-error'
  | 'unavailable'
  /** The connection is closed without an answer. */
  | 'drop'
  /** A write is carried out, and the connection closed instead of answering. */
  | 'lost-answer'
  /** No answer ever comes. */
  | 'hang'
  /** A write is answered as if somebody else had been quicker. */
  | 'conflict'
  /** The token is taken no more. */
  | 'unauthorized'
  /** A watch is opened, and cut after `milliseconds`. */
  | 'watch-cut'
  /** A watch is answered 410 at once. */
  | 'watch-expired'

export interface Fault {
  readonly kind: FaultKind
  /** Which requests: all, unless set. */
  readonly verbs?: readonly Verb[]
  /** Plural names: `daemonsets`. */
  readonly resources?: readonly string[]
  /** How many requests it meets before it is over; absent: all until it is taken back. */
  readonly times?: number
  /** How many matching requests pass before the first is met. */
  readonly after?: number
  /** For `latency` and `watch-cut`. */
  readonly milliseconds?: number
  /** For `too-many-requests`. */
  readonly retryAfterSeconds?: number
}

export const faultKinds: readonly FaultKind[] = [
  'latency',
  'too-many-requests',
  'internal-error',
  'unavailable',
  'drop',
  'lost-answer',
  'hang',
  'conflict',
  'unauthorized',
  'watch-cut',
  'watch-expired',
]

const writes: readonly Verb[] = ['create', 'update', 'patch', 'delete', 'deletecollection']

/** What a fault can be for. */
export const faultVerbs: readonly Verb[] = ['get', 'list', 'watch', ...writes]
const appliesTo: Partial<Record<FaultKind, readonly Verb[]>> = {
  conflict: writes,
  'lost-answer': writes,
  'watch-cut': ['watch'],
  'watch-expired': ['watch'],
}

interface Running {
  readonly fault: Fault
  passed: number
  met: number
}

/** The faults that are switched on, and which of them meets a request. */
export class Faults {
  #running: Running[] = []

  /** Replaces what was switched on before. */
  set(faults: readonly Fault[]): void {
    this.#running = faults.map((fault) => ({ fault, passed: 0, met: 0 }))
  }

  list(): readonly (Fault & { readonly met: number })[] {
    return this.#running.map(({ fault, met }) => ({ ...fault, met }))
  }

  /** Every fault for this request, in the order in which they were set; counts it as met. */
  meet(verb: Verb, plural: string): readonly Fault[] {
    return this.#running
      .filter((running) => {
        const { kind, verbs, resources, times, after = 0 } = running.fault
        if (!(verbs ?? appliesTo[kind] ?? [verb]).includes(verb)) return false
        if (resources && !resources.includes(plural)) return false
        running.passed += 1
        if (running.passed <= after || running.met >= (times ?? Number.POSITIVE_INFINITY)) return false
        running.met += 1
        return true
      })
      .map(({ fault }) => fault)
  }
}
