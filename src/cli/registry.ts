import { planSpec } from './plan/spec.ts'
import { rolloutGroup } from './rollout/group.ts'
import { simulateSpec } from './rollout/simulate-spec.ts'
import type { CommandSpec, GroupSpec } from './spec.ts'

/** Every command of kds, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [planSpec, simulateSpec]

export const root: GroupSpec = {
  path: [],
  summary: 'the DaemonSet companion to kubectl',
  description: `kds tells where a DaemonSet will land, why not there, and what applying a file will change. It answers as the
DaemonSet controller of Kubernetes v1.36 does, from files alone: no cluster is needed.`,
}

export const groups: readonly GroupSpec[] = [root, rolloutGroup]
