import type { Cancel, SandboxClock } from '../clock.ts'
import type { Change, Collection } from './collection.ts'
import type { StoredObject } from './objects.ts'

/** One line of a watch, before it is written. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: StoredObject }
  | { readonly type: 'BOOKMARK'; readonly version: number; readonly initialEventsEnd?: boolean }
  | { readonly type: 'ERROR'; readonly status: object }

/** Where the events of a watch go. */
export interface WatchSink {
  /** False: the reader is behind; nothing more is sent until {@link Watch.resume}. */
  send(events: readonly WatchEvent[]): boolean
  /** The watch is over, by the server's will. */
  end(): void
}

export interface WatchRequest {
  readonly collection: Collection
  /** Events after this version. Undefined: all that is there first, as ADDED. */
  readonly after: number | undefined
  /** With `after` undefined: announce the end of the first objects by a bookmark (`sendInitialEvents`). */
  readonly markInitialEnd?: boolean
  readonly bookmarks: boolean
  /** Milliseconds until the server ends the watch. */
  readonly timeout: number
  matches(object: StoredObject): boolean
  /** The error for a version that the log has dropped. */
  tooOld(asked: number, oldest: number): object
}

export interface Watch {
  /** The reader has caught up. */
  resume(): void
  /** The reader is gone. */
  close(): void
}

const bookmarkInterval = 60_000

/**
 * A position in its collection's log, moved on when something is written and when its reader has caught up: a replay, a live
 * event and a slow reader are the same thing. A reader that falls behind the log is told 410 and dropped, as by a real server.
 */
export class OpenWatch implements Watch {
  readonly #request: WatchRequest
  readonly #sink: WatchSink
  readonly #clock: SandboxClock
  readonly #forget: () => void
  readonly #cancels: Cancel[] = []
  #position = 0
  /** The version up to which the reader has been told everything. */
  #seen = 0
  #blocked = false
  #closed = false

  constructor(request: WatchRequest, sink: WatchSink, clock: SandboxClock, forget: () => void) {
    this.#request = request
    this.#sink = sink
    this.#clock = clock
    this.#forget = forget
  }

  start(): void {
    const { collection, after, timeout, bookmarks } = this.#request
    const position = collection.positionAfter(after ?? collection.currentVersion)
    if (position === undefined) {
      this.end(this.#request.tooOld(after ?? 0, collection.floor))
      return
    }
    this.#position = position
    this.#seen = after ?? collection.currentVersion
    if (after === undefined) this.#sendInitial()
    this.#cancels.push(this.#clock.schedule(timeout, () => this.#finish()))
    if (bookmarks) this.#scheduleBookmark()
    this.pump()
  }

  #sendInitial(): void {
    const { collection, matches, markInitialEnd } = this.#request
    const events: WatchEvent[] = []
    for (const key of collection.sortedKeys()) {
      const object = collection.get(key)
      if (object && matches(object)) events.push({ type: 'ADDED', object })
    }
    if (markInitialEnd) events.push({ type: 'BOOKMARK', version: this.#seen, initialEventsEnd: true })
    this.#send(events)
  }

  /** Sends what has happened since. */
  pump(): void {
    if (this.#closed || this.#blocked) return
    const { collection } = this.#request
    const events: WatchEvent[] = []
    for (;;) {
      const change = collection.changeAt(this.#position)
      if (change === undefined) break
      if (change === 'dropped') {
        this.#send(events)
        this.end(this.#request.tooOld(this.#seen, collection.floor))
        return
      }
      this.#position += 1
      if (change.version <= this.#seen) continue
      this.#seen = change.version
      const event = this.#eventFor(change)
      if (event) events.push(event)
    }
    this.#send(events)
  }

  /** A change as this watch sees it: an object that begins or ceases to match is added or deleted. */
  #eventFor({ type, object, previous }: Change): WatchEvent | undefined {
    const { matches } = this.#request
    const was = previous !== undefined && matches(previous)
    if (type === 'DELETED') return was ? { type, object } : undefined
    const is = matches(object)
    if (is) return { type: was ? 'MODIFIED' : 'ADDED', object }
    if (!was || !previous) return undefined
    const metadata = { ...previous.metadata, resourceVersion: object.metadata.resourceVersion }
    return { type: 'DELETED', object: { ...previous, metadata } }
  }

  resume(): void {
    this.#blocked = false
    this.pump()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const cancel of this.#cancels) cancel()
    this.#forget()
  }

  /** Ends the watch from the server's side, after an error event if there is one to tell. */
  end(error?: object): void {
    if (this.#closed) return
    if (error) this.#send([{ type: 'ERROR', status: error }])
    this.close()
    this.#sink.end()
  }

  #finish(): void {
    this.pump()
    if (this.#request.bookmarks && !this.#blocked) this.#bookmark()
    this.end()
  }

  #bookmark(): void {
    this.#seen = Math.max(this.#seen, this.#request.collection.currentVersion)
    this.#send([{ type: 'BOOKMARK', version: this.#seen }])
  }

  #scheduleBookmark(): void {
    this.#cancels[1] = this.#clock.schedule(bookmarkInterval, () => {
      this.pump()
      if (this.#closed) return
      if (!this.#blocked) this.#bookmark()
      this.#scheduleBookmark()
    })
  }

  #send(events: readonly WatchEvent[]): void {
    if (events.length > 0 && !this.#sink.send(events)) this.#blocked = true
  }
}
