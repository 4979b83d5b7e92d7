import type { Registry } from '../api/registry.ts'
import { types } from '../api/resources.ts'
import type { Cancel, SandboxClock } from '../clock.ts'
import type { Names } from '../names.ts'
import type { Collection } from '../store/collection.ts'
import type { StoredObject } from '../store/objects.ts'
import type { Store, StoredNode, StoredPod } from '../store/store.ts'
import type { Recorder } from './recorder.ts'

/** What every loop of the simulated cluster works with. */
export interface LoopContext {
  readonly registry: Registry
  readonly store: Store
  readonly clock: SandboxClock
  readonly names: Names
  readonly recorder: Recorder
}

/** The collections by their own types: what the API has validated needs no second look. */
export const podsOf = (store: Store): Collection<StoredPod> =>
  store.collection(types.pods) as unknown as Collection<StoredPod>
export const nodesOf = (store: Store): Collection<StoredNode> =>
  store.collection(types.nodes) as unknown as Collection<StoredNode>

/** The object with another status. */
export const withStatus = <T extends StoredObject>(object: T, status: object): T => ({ ...object, status })

/**
 * Keys that wait to be handled. A key that waits already is not added again, so a burst of changes is one piece of work.
 */
export class WorkQueue {
  readonly #clock: SandboxClock
  readonly #handle: (key: string) => void
  readonly #waiting = new Map<string, { readonly at: number; readonly cancel: Cancel }>()

  constructor(clock: SandboxClock, handle: (key: string) => void) {
    this.#clock = clock
    this.#handle = handle
  }

  /** Handles the key `delay` milliseconds from now, or sooner if that is planned already. */
  add(key: string, delay = 0): void {
    const at = this.#clock.now() + delay
    const waiting = this.#waiting.get(key)
    if (waiting && waiting.at <= at) return
    waiting?.cancel()
    const cancel = this.#clock.schedule(delay, () => {
      this.#waiting.delete(key)
      this.#handle(key)
    })
    this.#waiting.set(key, { at, cancel })
  }
}
