/** Undoes a {@link SandboxClock.schedule}; a second call, or one after the time has come, does nothing. */
export type Cancel = () => void

/** The sandbox's only source of time: everything that waits, waits here. */
export interface SandboxClock {
  /** Milliseconds since the epoch, in the sandbox's own time. */
  now(): number
  /** Calls `task` once, `delay` milliseconds of the sandbox's time from now. Tasks of one moment run in their order. */
  schedule(delay: number, task: () => void): Cancel
  /** Forgets everything that is scheduled. */
  stop(): void
}

/** What the clock needs of the outside: real time, and one way to be woken. */
export interface Timers {
  now(): number
  setTimeout(task: () => void, milliseconds: number): unknown
  clearTimeout(handle: unknown): void
}

export const realTimers: Timers = {
  now: () => Date.now(),
  setTimeout: (task, milliseconds) => setTimeout(task, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
}

interface Task {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

const before = (a: Task, b: Task) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap: the next task first. */
class Agenda {
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

const longestTimeout = 0x7fffffff

/**
 * Time that starts at the real time and runs `speed` times as fast. One real timer serves all tasks.
 *
 * @param speed More than 0; 60 makes a minute of the cluster a second.
 */
export function runningClock(speed = 1, timers: Timers = realTimers): SandboxClock {
  const start = timers.now()
  const agenda = new Agenda()
  const now = () => Math.floor(start + (timers.now() - start) * speed)
  let order = 0
  let armed: { readonly at: number; readonly handle: unknown } | undefined

  const disarm = () => {
    if (armed) timers.clearTimeout(armed.handle)
    armed = undefined
  }
  const arm = () => {
    const next = agenda.next
    if (!next || (armed && armed.at <= next.at)) return
    disarm()
    const wait = Math.min(Math.max(0, Math.ceil((next.at - now()) / speed)), longestTimeout)
    armed = { at: next.at, handle: timers.setTimeout(wake, wait) }
  }
  const wake = () => {
    armed = undefined
    const moment = now()
    for (let task = agenda.next; task && task.at <= moment; task = agenda.next) {
      agenda.take()
      task.run?.()
    }
    arm()
  }
  return {
    now,
    schedule(delay, run) {
      const task: Task = { at: now() + Math.max(0, delay), order: order++, run }
      agenda.add(task)
      arm()
      return () => {
        task.run = undefined
      }
    },
    stop() {
      disarm()
      agenda.clear()
    },
  }
}

/** Time that stands still until it is moved: for tests, where every step is meant. */
export interface ManualClock extends SandboxClock {
  /** Moves time on, running each task at its own moment, those that they schedule in turn included. */
  advance(milliseconds: number): void
}

export function manualClock(start: number): ManualClock {
  const agenda = new Agenda()
  let time = start
  let order = 0
  return {
    now: () => time,
    schedule(delay, run) {
      const task: Task = { at: time + Math.max(0, delay), order: order++, run }
      agenda.add(task)
      return () => {
        task.run = undefined
      }
    },
    advance(milliseconds) {
      const end = time + milliseconds
      for (let task = agenda.next; task && task.at <= end; task = agenda.next) {
        agenda.take()
        time = Math.max(time, task.at)
        task.run?.()
      }
      time = end
    },
    stop() {
      agenda.clear()
    },
  }
}

let lastSecond = Number.NaN
let lastTimestamp = ''

/** A moment as the wire writes it: RFC 3339, UTC, whole seconds. Most are asked for many times in their second. */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastTimestamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
  }
  return lastTimestamp
}

/** As {@link timestamp} with microseconds, the form of `eventTime` and leases. */
export const microTimestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`
