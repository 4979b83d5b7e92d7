import { getOrMake } from '#base/once.ts'
import type { SandboxClock } from '../clock.ts'
import type { Collection } from './collection.ts'
import { OpenWatch, type Watch, type WatchRequest, type WatchSink } from './watch.ts'

/**
 * Serves watches: opens them, wakes those of a collection that was written to, and ends them.
 */
export class WatchHub {
  readonly #clock: SandboxClock
  readonly #defer: (task: () => void) => void
  readonly #watches = new Map<Collection, Set<OpenWatch>>()
  readonly #dirty = new Set<Collection>()

  /** @param defer Runs a task soon: all that is written in between goes out in one piece. */
  constructor(clock: SandboxClock, defer: (task: () => void) => void) {
    this.#clock = clock
    this.#defer = defer
  }

  /** How many watches are open. */
  get size(): number {
    let size = 0
    for (const watches of this.#watches.values()) size += watches.size
    return size
  }

  open(request: WatchRequest, sink: WatchSink): Watch {
    const watches = this.#watchesOf(request.collection)
    const watch: OpenWatch = new OpenWatch(request, sink, this.#clock, () => watches.delete(watch))
    watches.add(watch)
    watch.start()
    return watch
  }

  /** Ends every watch: the server stops, or a fault is played. */
  endAll(error?: object): void {
    for (const watches of this.#watches.values()) for (const watch of [...watches]) watch.end(error)
  }

  #watchesOf(collection: Collection): Set<OpenWatch> {
    return getOrMake(this.#watches, collection, () => {
      collection.subscribe(() => this.#wake(collection))
      return new Set()
    })
  }

  #wake(collection: Collection): void {
    if (this.#dirty.has(collection)) return
    this.#dirty.add(collection)
    this.#defer(() => {
      this.#dirty.delete(collection)
      for (const watch of [...(this.#watches.get(collection) ?? [])]) watch.pump()
    })
  }
}
