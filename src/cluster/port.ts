import type { Json, JsonObject, KubeObject } from '#kube/types.ts'
import type { Resource } from './resources.ts'

/** What every call takes. An abort ends the call with the signal's reason. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ListQuery extends CallOptions {
  /** Absent lists every namespace. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface ListOptions<T, U> extends ListQuery {
  /**
   * The fields that anybody looks at, as in `metadata { name labels } spec`; a name alone takes all that is below it, and
   * `conditions:Ready:Fresh` of a list the items alone whose first field, their type, is one of these. The others need not be in
   * what is handed over: nodes and pods come in protobuf then, and where it is metadata alone, nothing else comes.
   */
  readonly fields?: string
  /**
   * What the server has at hand will do (`resourceVersion=0`): it need not ask its peers or its storage whether that is the latest,
   * which is seconds old at times, and from a server that was cut off, older. For names that are offered or guessed at; never for
   * what a plan, a status or a change rests on, or somebody who has just changed a node is told of the cluster before.
   */
  readonly mayBeOld?: boolean
  /** Applied to each object as its page arrives, so that only what is needed stays in memory. */
  readonly keep?: (object: T) => U
  /** Told after each page how many objects there are so far. */
  readonly progress?: (count: number) => void
}

export interface WatchQuery<T> extends ListQuery {
  /** As of a list, and changes come no fuller: it has to name metadata.resourceVersion. */
  readonly fields?: string
  /** Applied to each object, so that only what is needed of it is told; not to one that is gone. */
  readonly keep?: (object: T) => T
  /** Changes may be told unread: for one who looks now and then, and then needs the last state of each object alone. */
  readonly late?: boolean
}

/** An object as the server sent it, which nobody has read yet. */
export interface Unread<T> {
  /** To be read, or copied, before the next change is asked for. */
  readonly bytes: Uint8Array
  /** The object of such bytes; as much of it as is kept. @throws ApiError for bytes that are none */
  readonly read: (bytes: Uint8Array) => T
}

export interface List<T> {
  readonly items: readonly T[]
  /** The version of the whole list: where a watch goes on from. */
  readonly resourceVersion: string
}

/**
 * A change that a watch saw. `SYNCED` comes once, after the objects that were there at the start (as ADDED). The watch
 * goes on by itself over cuts and expired versions, and tells each change of an object once.
 */
export type WatchEvent<T> =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
      readonly object: T
      /** There with `late` alone; the object has no more than its names and version then. */
      readonly unread?: Unread<T>
    }
  | { readonly type: 'SYNCED' }

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface WriteOptions extends CallOptions {
  /** Lets the server go through the motions and store nothing. */
  readonly dryRun?: boolean | undefined
  readonly fieldManager?: string | undefined
  /** For `apply`: take over fields that another manager owns. */
  readonly force?: boolean
  /** Told each warning of the server about this write; without it, the user is. */
  readonly warned?: (text: string) => void
  /** What the server does about fields that it doesn't know: `Strict`, `Warn` or `Ignore`. */
  readonly fieldValidation?: string
}

export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean
  /** Refuse when the object is not this one any more. */
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly gracePeriodSeconds?: number
}

export interface ObjectName {
  readonly name: string
  readonly namespace?: string
}

export interface ServerVersion {
  readonly major: string
  readonly minor: string
  readonly gitVersion: string
}

/**
 * A Kubernetes API, as far as kds needs it. Objects are raw wire JSON. Every method fails with an `ApiError` (a KdsError
 * in kubectl's words) when the server refuses or cannot be reached, and with the signal's reason when aborted.
 */
export interface Cluster {
  get<T extends KubeObject>(resource: Resource<T>, name: ObjectName, options?: CallOptions): Promise<T>
  /** Everything that matches, however many pages it takes; never a mixture of two states. */
  list<T extends KubeObject, U = T>(resource: Resource<T>, options?: ListOptions<T, U>): Promise<List<U>>
  watch<T extends KubeObject>(resource: Resource<T>, query?: WatchQuery<T>): AsyncIterable<WatchEvent<T>>
  create<T extends KubeObject>(resource: Resource<T>, object: JsonObject, options?: WriteOptions): Promise<T>
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: { readonly type: PatchType; readonly body: Json },
    options?: WriteOptions,
  ): Promise<T>
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<void>
  /**
   * Deletes a pod where no PodDisruptionBudget forbids it; `forbiddenByBudget` tells the refusal of one, which is not
   * tried again.
   */
  evict(pod: ObjectName, options?: Pick<DeleteOptions, 'signal' | 'uid'>): Promise<void>
  version(options?: CallOptions): Promise<ServerVersion>
}
