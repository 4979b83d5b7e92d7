import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Timeline } from '#controller/simulate/timeline.ts'
import { runs } from '../../helpers/random-cases.ts'

it('gives nothing when nothing is left', () => {
  const timeline = new Timeline<string>()
  expect(timeline.takeNext()).toBeUndefined()
  timeline.add(5, 'a')
  expect(timeline.takeNext()).toEqual({ at: 5, events: ['a'] })
  expect(timeline.takeNext()).toBeUndefined()
})

it('gives moment after moment, and what is of one moment together, as it was added', () => {
  const script = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('take' as const)), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(script, (steps) => {
      const timeline = new Timeline<number>()
      let expected: { readonly at: number; readonly event: number }[] = []
      const take = () => {
        const at = Math.min(...expected.map((one) => one.at))
        const events = expected.filter((one) => one.at === at).map((one) => one.event)
        expected = expected.filter((one) => one.at !== at)
        expect(timeline.takeNext()).toEqual(events.length > 0 ? { at, events } : undefined)
      }
      for (const [event, step] of steps.entries()) {
        if (step === 'take') take()
        else {
          timeline.add(step, event)
          expected.push({ at: step, event })
        }
      }
      while (expected.length > 0) take()
      take()
    }),
    runs(300),
  )
})
