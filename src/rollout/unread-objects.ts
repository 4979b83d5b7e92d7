import type { Unread } from '#cluster/port.ts'

/** Where the bytes of an object are, and how many more there is room for. */
interface Place {
  readonly at: number
  readonly room: number
  length: number
}

/** Places are so many bytes long, or twice as many, …: later states of a pod are longer, and others take what one leaves. */
const placeBytes = 4096

/** So many bytes are kept at most before they are read. */
const mostBytes = 4 * 1024 * 1024

/**
 * The last states of objects that nobody has looked at yet, by their names, in one piece of memory that is used again: of a pod that
 * changes six times between two looks only the last state is read.
 */
export class UnreadObjects<T> {
  readonly #places = new Map<string, Place>()
  /** Places of objects that are gone. */
  #free: Place[] = []
  /** Made for the first of them: what is never written to of it takes no room in a process. */
  #memory: Uint8Array | undefined
  #end = 0
  #read: Unread<T>['read'] | undefined

  /** Keeps a state instead of an older one. False where there is no room for it before all are read. */
  put(name: string, { bytes, read }: Unread<T>): boolean {
    const place = this.#placeFor(name, bytes.length)
    if (!place) return false
    this.#read = read
    this.#places.set(name, place)
    place.length = bytes.length
    this.#memory ??= new Uint8Array(mostBytes)
    this.#memory.set(bytes, place.at)
    return true
  }

  /** Forgets an object that is gone. */
  drop(name: string): void {
    const place = this.#places.get(name)
    if (!place) return
    this.#places.delete(name)
    this.#free.push(place)
  }

  /** Reads all of them, and lets go of them. */
  *all(): Generator<readonly [name: string, object: T]> {
    const places = [...this.#places]
    this.#places.clear()
    this.#free = []
    this.#end = 0
    for (const [name, { at, length }] of places)
      if (this.#read && this.#memory) yield [name, this.#read(this.#memory.subarray(at, at + length))]
  }

  #placeFor(name: string, length: number): Place | undefined {
    const known = this.#places.get(name)
    if (known && known.room >= length) return known
    this.drop(name)
    const free = this.#free.at(-1)
    if (free && free.room >= length) return this.#free.pop()
    const [at, room] = [this.#end, Math.ceil(length / placeBytes) * placeBytes]
    if (at + room > mostBytes) return undefined
    this.#end += room
    return { at, room, length }
  }
}
