import { Agenda } from '#base/agenda.ts'

/** Something to be done at a moment. `run` undefined: called off. */
export interface Task {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

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

const longestTimeout = 0x7fffffff

/**
 * Time that starts at the real time and runs `speed` times as fast. One real timer serves all tasks.
 *
 * @param speed More than 0; 60 makes a minute of the cluster a second.
 */
export function runningClock(speed = 1, timers: Timers = realTimers): SandboxClock {
  const start = timers.now()
  const agenda = new Agenda<Task>()
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
