import { realTimers, type Timers } from '#sandbox/clock.ts'

export interface HoldableTimers extends Timers {
  /** From now on no time passes, and nothing falls due. */
  hold(): void
  letGo(): void
}

/** Real timers for a sandbox whose cluster is to stand still while a test looks at it. */
export function holdableTimers(): HoldableTimers {
  let held: number | undefined
  let lost = 0
  return {
    ...realTimers,
    now: () => (held ?? realTimers.now()) - lost,
    hold() {
      held ??= realTimers.now()
    },
    letGo() {
      lost += realTimers.now() - (held ?? realTimers.now())
      held = undefined
    },
  }
}
