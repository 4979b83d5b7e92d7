import type { IncomingMessage, ServerResponse } from 'node:http'
import type { User } from '#apiserver/authorization/rbac.ts'
import type { Registry } from '../api/registry.ts'
import type { Verb } from '../api/resource-type.ts'
import type { SandboxClock } from '../clock.ts'
import type { Fault, Faults } from '../faults/faults.ts'
import type { WatchHub } from '../store/watch-hub.ts'
import type { Target } from './target.ts'

/** What every handler works with. */
export interface Serving {
  readonly registry: Registry
  readonly hub: WatchHub
  readonly clock: SandboxClock
  /** Real time, for what clients time by their own clocks. */
  readonly wallClock: SandboxClock
  readonly token: string
  /** `127.0.0.1:6443`. */
  readonly address: () => string
  /** Absent: fault injection is off, and its endpoint is no path. */
  readonly faults: Faults | undefined
}

/** One request for a resource, and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: Target
  readonly verb: Verb
  readonly query: URLSearchParams
  /** Who asks. */
  readonly user: User
  /** Faults that the handler itself has to play. */
  readonly faults: readonly Fault[]
}
