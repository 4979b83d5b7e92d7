import type { Context } from '#cli/context.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { LiveObjects } from '#rollout/live-objects.ts'
import type { FirstWords, readStates } from '#rollout/states.ts'
import type { Followed } from './followed.ts'
import type { StatusView } from './status-views.ts'

/** Brings the code that tells how DaemonSets are: it is asked only when a roll-out stands still. */
export type LoadStates = () => Promise<{
  readonly readStates: typeof readStates
  readonly LiveObjects: typeof LiveObjects
}>

export interface FollowFlags {
  readonly loadStates: LoadStates
  /** False looks once. */
  readonly watch?: boolean
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number
  /** Milliseconds without progress; 0 waits for ever. */
  readonly progressTimeout?: number
  /** Milliseconds for which restarts are watched for after the end. */
  readonly settle?: number
  /** End as soon as it cannot finish by itself, or a new pod fails. */
  readonly failFast?: boolean
  /** 0: whatever revision is rolled out. */
  readonly revision?: number
  readonly onDelete?: boolean
  readonly json?: boolean
  /** Tell how it stands by the exit code. */
  readonly detailed?: boolean
}

/** What all parts of following share. */
export interface Following {
  readonly all: readonly Followed[]
  readonly flags: FollowFlags
  readonly view: StatusView
  readonly connected: Connected
  readonly context: Context
  readonly firstWords: FirstWords
  /** Aborted when all is over. */
  readonly over: AbortSignal
  /** What a picture is drawn from again and again; undefined where lists have to do. */
  live?: LiveObjects | undefined
  /** The server does not let one watch. */
  notLive?: boolean
}
