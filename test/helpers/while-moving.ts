import type { Sandbox } from '#sandbox/sandbox.ts'
import type { ManualClock } from './manual-clock.ts'

/** Turns the event loop until a condition holds: for what requests and connections bring about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** Moves the clock on while clients watch, until a client is done with what it waits for. */
export async function whileMoving<T>(sandbox: Sandbox, clock: ManualClock, task: Promise<T>): Promise<T> {
  let done = false
  const end = () => {
    done = true
  }
  task.then(end, end)
  await until(() => {
    if (!done && sandbox.control.openWatches() > 0) clock.advance(5)
    return done
  })
  return task
}
