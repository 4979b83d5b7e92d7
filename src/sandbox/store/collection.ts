import { keyOf, type StoredObject } from './objects.ts'

type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** One write, as the log keeps it. A deletion has a version of its own, and `object` carries it. */
export interface Change<T extends StoredObject = StoredObject> {
  readonly version: number
  readonly type: ChangeType
  readonly object: T
  readonly previous: T | undefined
}

type ChangeListener<T extends StoredObject = StoredObject> = (change: Change<T>) => void

/** Gives out the versions of all collections of a store: one line of numbers, never going back. */
interface VersionCounter {
  readonly current: number
  next(): number
}

/** The objects of one resource, and a bounded log of what happened to them. */
export class Collection<T extends StoredObject = StoredObject> {
  readonly #counter: VersionCounter
  readonly #objects = new Map<string, T>()
  readonly #listeners = new Set<ChangeListener<T>>()
  readonly #capacity: number
  #sortedKeys: readonly string[] | undefined
  #log: Change<T>[] = []
  /** How many changes the log once held before its first. */
  #dropped = 0
  #floor: number

  /** @param capacity How many changes the log keeps; up to a quarter more stand there between two clean-ups. */
  constructor(counter: VersionCounter, capacity: number) {
    this.#counter = counter
    this.#capacity = capacity
    this.#floor = counter.current
  }

  /** The version of the whole store: nothing of this collection is newer. */
  get currentVersion(): number {
    return this.#counter.current
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  /** In no order that means anything: for those who look at all of them. */
  values(): IterableIterator<T> {
    return this.#objects.values()
  }

  /** Keys in the order of lists: by bytes, namespace first. */
  sortedKeys(): readonly string[] {
    this.#sortedKeys ??= [...this.#objects.keys()].sort()
    return this.#sortedKeys
  }

  /** Creates or replaces, and gives back the object with its new version. */
  put(draft: T): T {
    const key = keyOf(draft.metadata.namespace, draft.metadata.name)
    const previous = this.#objects.get(key)
    const version = this.#counter.next()
    const object = withVersion(draft, version)
    this.#objects.set(key, object)
    if (!previous) this.#sortedKeys = undefined
    this.#record({ version, type: previous ? 'MODIFIED' : 'ADDED', object, previous })
    return object
  }

  /** Removes, and gives back the object as its last watch event shows it; undefined if it isn't there. */
  remove(key: string): T | undefined {
    const previous = this.#objects.get(key)
    if (!previous) return undefined
    const version = this.#counter.next()
    const object = withVersion(previous, version)
    this.#objects.delete(key)
    this.#sortedKeys = undefined
    this.#record({ version, type: 'DELETED', object, previous })
    return object
  }

  subscribe(listener: ChangeListener<T>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The version after which every change is still in the log. */
  get floor(): number {
    return this.#floor
  }

  /**
   * The index in the log of the first change after `version`, for {@link changeAt}; undefined if such changes may have
   * been dropped. Indexes count from the first change ever, so they stay valid while the log is trimmed.
   */
  positionAfter(version: number): number | undefined {
    if (version < this.#floor) return undefined
    let low = 0
    let high = this.#log.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#log[middle]?.version ?? 0) <= version) low = middle + 1
      else high = middle
    }
    return this.#dropped + low
  }

  /** The change at a position: `dropped` if the log does not reach back so far, undefined if it hasn't happened yet. */
  changeAt(position: number): Change<T> | 'dropped' | undefined {
    return position < this.#dropped ? 'dropped' : this.#log[position - this.#dropped]
  }

  /** The objects as they were at `version`, by key; undefined if the log does not reach back so far. */
  snapshotAt(version: number): Map<string, T> | undefined {
    if (version < this.#floor) return undefined
    const objects = new Map(this.#objects)
    for (let at = this.#log.length - 1; at >= 0; at -= 1) {
      const change = this.#log[at] as Change<T>
      if (change.version <= version) break
      const key = keyOf(change.object.metadata.namespace, change.object.metadata.name)
      if (change.previous) objects.set(key, change.previous)
      else objects.delete(key)
    }
    return objects
  }

  /** Drops the log: watches and pages from before now are answered 410, as after a compaction. */
  compact(): void {
    this.#drop(this.#log.length)
    this.#floor = this.#counter.current
  }

  #drop(count: number): void {
    const last = this.#log[count - 1]
    if (!last) return
    this.#floor = last.version
    this.#dropped += count
    this.#log = this.#log.slice(count)
  }

  #record(change: Change<T>): void {
    this.#log.push(change)
    if (this.#log.length > this.#capacity * 1.25) this.#drop(this.#log.length - this.#capacity)
    for (const listener of this.#listeners) listener(change)
  }
}

function withVersion<T extends StoredObject>(object: T, version: number): T {
  const { metadata } = object
  const resourceVersion = String(version)
  // Node 20 makes a shape of its own for every object that is spread and then given one field more.
  if (!Object.hasOwn(metadata, 'resourceVersion'))
    return { ...object, metadata: { resourceVersion, ...(metadata as object) } }
  return { ...object, metadata: { ...metadata, resourceVersion } }
}
