import { Agenda } from '#base/agenda.ts'
import type { SandboxClock, Task } from '#sandbox/clock.ts'

/** Time that stands still until it is moved: for tests, where every step is meant. */
export interface ManualClock extends SandboxClock {
  /** Moves time on, running each task at its own moment, those that they schedule in turn included. */
  advance(milliseconds: number): void
}

export function manualClock(start: number): ManualClock {
  const agenda = new Agenda<Task>()
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
