/** Something that is due at a moment; of one moment, in order. */
interface Due {
  readonly at: number
  readonly order: number
}

const before = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap: what is due next comes first. */
export class Agenda<T extends Due> {
  readonly #tasks: T[] = []

  get next(): T | undefined {
    return this.#tasks[0]
  }

  add(task: T): void {
    const tasks = this.#tasks
    let at = tasks.push(task) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = tasks[parent] as T
      if (!before(task, above)) break
      tasks[at] = above
      at = parent
    }
    tasks[at] = task
  }

  take(): T | undefined {
    const tasks = this.#tasks
    const first = tasks[0]
    const last = tasks.pop()
    if (!first || !last || tasks.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= tasks.length) break
      const right = tasks[child + 1]
      if (right && before(right, tasks[child] as T)) child += 1
      const below = tasks[child] as T
      if (!before(below, last)) break
      tasks[at] = below
      at = child
    }
    tasks[at] = last
    return first
  }

  clear(): void {
    this.#tasks.length = 0
  }
}
