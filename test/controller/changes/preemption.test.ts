import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { planChanges } from '#controller/changes/plan-changes.ts'
import type { DaemonSet, Node, Pod, PodDisruptionBudget } from '#kube/types.ts'

/** The scenes of `test/scheduler/preemption-vectors.test.ts`, as plans. */
interface Scene {
  readonly id: string
  readonly daemonSet: DaemonSet
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly pdbs: readonly PodDisruptionBudget[] | null
  readonly priorityClasses: readonly { readonly name: string; readonly value: number }[]
  readonly outcome: Readonly<Record<string, { readonly bound: boolean; readonly victims: readonly string[] }>>
}

const scenes = readFileSync(new URL('../../fixtures/scheduler/preemption.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Scene => JSON.parse(line))

describe('a plan tells what the scheduler did', () => {
  it.each(scenes.map((scene) => [scene.id, scene] as const))('%s', (_, scene) => {
    const { changes } = planChanges({
      ...scene,
      priorityClasses: scene.priorityClasses.map(({ name, ...rest }) => ({ metadata: { name }, ...rest })),
      disruptionBudgets: scene.pdbs ?? [],
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
