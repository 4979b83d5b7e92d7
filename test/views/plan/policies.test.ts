import { expect, it } from 'vitest'
import type { PlanTotals } from '#controller/changes/totals.ts'
import { brokenPolicies } from '#views/plan/policies.ts'

const shown = (totals: Partial<PlanTotals>) =>
  ({
    plan: { count: { run: 0 } },
    changes: { totals: { add: 0, replace: 0, remove: 0, unchanged: 0, leftOver: 0, ...totals } },
  }) as unknown as Parameters<typeof brokenPolicies>[0]

it.each([
  [{ add: 1, replace: 26, remove: 1 }, 10, 'max-change 10 (28 of 28 pods would change)'],
  [{ add: 2, unchanged: 6 }, '20%', 'max-change 20% (2 of 8 pods would change)'],
  [{ remove: 3, leftOver: 1, unchanged: 1 }, '50%', 'max-change 50% (3 of 5 pods would change)'],
])('of pods before or after, %j is more than %s', (totals, maxChange, told) => {
  expect(brokenPolicies(shown(totals), { failOn: [], maxChange })).toEqual([told])
})

it('a percentage is rounded down, and reaching it is allowed', () => {
  const rules = { failOn: [], maxChange: '25%' }
  expect(brokenPolicies(shown({ replace: 2, unchanged: 6 }), rules)).toEqual([])
  expect(brokenPolicies(shown({ replace: 2, unchanged: 5 }), rules)).toHaveLength(1)
})
