import { readFileSync } from 'node:fs'
import type { DaemonSet, Node, Pod, PodDisruptionBudget, PriorityClass } from '#kube/types.ts'

/** A scene with what the upstream scheduler did in it, v1.36. */
export interface Scene {
  readonly id: string
  readonly daemonSet: DaemonSet
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly pdbs: readonly PodDisruptionBudget[]
  readonly priorityClasses: readonly PriorityClass[]
  /** By node. */
  readonly outcome: Readonly<
    Record<
      string,
      { readonly bound: boolean; readonly victims: readonly string[]; readonly message?: string }
    >
  >
}

const file = process.env.KDS_PREEMPTION ?? new URL('../fixtures/scheduler/preemption.jsonl', import.meta.url)

const recorded = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line): Scene => JSON.parse(line))

/** As rows of a table of tests. In the recording classes have their names beside their values. */
export const scenes = recorded.map((scene): [string, Scene] => {
  const priorityClasses = scene.priorityClasses.map((one) => {
    const { name, ...rest } = one as PriorityClass & { readonly name: string }
    return { metadata: { name }, ...rest }
  })
  return [scene.id, { ...scene, priorityClasses, pdbs: scene.pdbs ?? [] }]
})
