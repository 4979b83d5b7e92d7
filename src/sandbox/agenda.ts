/** Something to be done at a moment; of one moment, in order. `run` undefined: called off. */
export interface Task {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

const before = (a: Task, b: Task) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap: the next task first. */
export class Agenda {
  readonly #tasks: Task[] = []

  get next(): Task | undefined {
    return this.#tasks[0]
  }

  add(task: Task): void {
    const tasks = this.#tasks
    let at = tasks.push(task) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = tasks[parent] as Task
      if (!before(task, above)) break
      tasks[at] = above
      at = parent
    }
    tasks[at] = task
  }

  take(): Task | undefined {
    const tasks = this.#tasks
    const first = tasks[0]
    const last = tasks.pop()
    if (!first || !last || tasks.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= tasks.length) break
      const right = tasks[child + 1]
      if (right && before(right, tasks[child] as Task)) child += 1
      const below = tasks[child] as Task
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
