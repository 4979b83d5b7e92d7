interface Entry<T> {
  readonly at: number
  readonly order: number
  readonly event: T
}

const before = <T>(one: Entry<T>, other: Entry<T>) =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

/** Events on a virtual clock, earliest first, those of one moment in the order in which they were added: a binary heap. */
export class Timeline<T> {
  readonly #heap: Entry<T>[] = []
  #added = 0

  add(at: number, event: T): void {
    const heap = this.#heap
    const entry = { at, order: this.#added++, event }
    let place = heap.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (!parent || before(parent, entry)) break
      heap[place] = parent
      place = above
    }
    heap[place] = entry
  }

  /** Takes every event of the earliest moment; undefined when nothing is left. */
  takeNext(): { readonly at: number; readonly events: readonly T[] } | undefined {
    const first = this.#heap[0]
    if (!first) return undefined
    const events: T[] = []
    do {
      const taken = this.#pop()
      if (taken) events.push(taken.event)
    } while (this.#heap[0]?.at === first.at)
    return { at: first.at, events }
  }

  #pop(): Entry<T> | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!last || heap.length === 0) return first
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      let child = heap[below]
      const right = heap[below + 1]
      if (child && right && before(right, child)) {
        below++
        child = right
      }
      if (!child || before(last, child)) break
      heap[place] = child
      place = below
    }
    heap[place] = last
    return first
  }
}
