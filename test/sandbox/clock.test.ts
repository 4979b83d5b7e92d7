import { describe, expect, it } from 'vitest'
import { runningClock, type Timers } from '#sandbox/clock.ts'

describe('the clock', () => {
  it('runs as fast as it is told, in order, on one timer', () => {
    let now = 1000
    const set: { task: () => void; at: number }[] = []
    const timers: Timers = {
      now: () => now,
      setTimeout: (task, wait) => set.push({ task, at: now + wait }),
      clearTimeout: (handle) => {
        set[Number(handle) - 1] = { task: () => undefined, at: Number.POSITIVE_INFINITY }
      },
    }
    const clock = runningClock(10, timers)
    const done: string[] = []
    clock.schedule(1000, () => done.push('second'))
    clock.schedule(500, () => done.push('first'))
    clock.schedule(500, () => done.push('same moment, later'))
    clock.schedule(600, () => done.push('never'))()
    for (; now <= 1100; now += 10) {
      const waiting = set.splice(0)
      for (const timer of waiting) if (timer.at > now) set.push(timer)
      for (const timer of waiting) if (timer.at <= now) timer.task()
    }
    expect(done).toEqual(['first', 'same moment, later', 'second'])
    expect(clock.now()).toBe(1000 + (now - 1000) * 10)
  })
})
