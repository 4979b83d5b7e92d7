import { describe, expect, it } from 'vitest'
import { planChanges } from '#controller/changes/plan-changes.ts'
import { scenes } from '../../helpers/preemption-scenes.ts'

describe('a plan tells what the scheduler did', () => {
  it.each(scenes)('%s', (_, scene) => {
    const { changes } = planChanges({
      ...scene,
      disruptionBudgets: scene.pdbs,
      now: Date.parse('2026-11-22T00:00:00Z'),
    })
    const planned = changes.map(({ node, change, fit }) => [
      node,
      { bound: change !== 'unplaceable', victims: fit?.evicts.map(({ name }) => name) },
    ])
    const recorded = Object.entries(scene.outcome).map(([node, { bound, victims }]) => [
      node,
      { bound, victims },
    ])
    expect(Object.fromEntries(planned)).toEqual(Object.fromEntries(recorded))
  })
})
