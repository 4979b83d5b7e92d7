import type { DaemonSet, IntOrString } from '#kube/types.ts'
import type { DaemonPod } from './daemon-pod.ts'
import { generationAnnotation } from './daemon-pod.ts'
import type { StepInput } from './step-input.ts'

/** What the rules for pods need to know beside the nodes: the DaemonSet's own settings and the moment. */
export interface PodRules {
  readonly onDelete: boolean
  readonly maxUnavailable: IntOrString | undefined
  readonly maxSurge: IntOrString | undefined
  /** Milliseconds. */
  readonly minReady: number
  readonly now: number
  /** Of the current revision. */
  readonly hash: string
  /** The DaemonSet's template generation; undefined when its annotation is absent or no number. */
  readonly generation: string | undefined
  /** Since 1.31 old pods that are not available use up the budget. */
  readonly countsOldUnavailable: boolean
  readonly burst: number
}

/** A number of nodes, or what is wrong with the setting. */
type Scaled = { readonly value: number } | { readonly error: string }

/** Percentages of `total` are rounded up, as `GetScaledValueFromIntOrPercent` does for DaemonSets. */
export function scale(setting: IntOrString, total: number, name: string): Scaled {
  if (typeof setting === 'number') return { value: setting }
  const percent = /^([+-]?\d+)%$/.exec(setting)
  if (!percent)
    return { error: `invalid value for ${name}: ${JSON.stringify(setting)} is neither number nor percentage` }
  return { value: Math.ceil((Number(percent[1]) * total) / 100) }
}

/** Patch releases with which kubernetes#123233 came to minors that were out already; 1.31 has it from its start. */
const patchThatCounts: Readonly<Record<number, number>> = { 28: 15, 29: 10, 30: 6 }

/** From 1.21 until the fix an old pod that was not available was replaced without using up the budget. */
function countsOldUnavailable(serverVersion: string | undefined): boolean {
  const [, minor, patch] = /^v?1\.(\d+)(?:\.(\d+))?/.exec(serverVersion ?? '') ?? []
  if (minor === undefined || Number(minor) < 21 || Number(minor) > 30) return true
  return Number(patch ?? 0) >= (patchThatCounts[Number(minor)] ?? Number.POSITIVE_INFINITY)
}

/** The generation of the template that the API server counts in an annotation; undefined when there is no number. */
export function templateGeneration(daemonSet: DaemonSet): string | undefined {
  const written = daemonSet.metadata?.annotations?.[generationAnnotation]
  return written !== undefined && /^[+-]?\d+$/.test(written) ? String(BigInt(written)) : undefined
}

/** Reads the rules off a stored DaemonSet. */
export function podRules(
  input: Pick<StepInput, 'daemonSet' | 'now' | 'serverVersion' | 'burst'>,
  hash: string,
): PodRules {
  const spec = input.daemonSet.spec
  const rolling = spec?.updateStrategy?.rollingUpdate
  return {
    onDelete: spec?.updateStrategy?.type === 'OnDelete',
    maxUnavailable: rolling?.maxUnavailable ?? undefined,
    maxSurge: rolling?.maxSurge ?? undefined,
    minReady: (spec?.minReadySeconds ?? 0) * 1000,
    now: input.now,
    hash,
    generation: templateGeneration(input.daemonSet),
    countsOldUnavailable: countsOldUnavailable(input.serverVersion),
    burst: input.burst ?? 250,
  }
}

/** Of the current revision, by hash or by template generation: `IsPodUpdated`. */
export const isUpdated = (pod: DaemonPod, rules: PodRules): boolean =>
  (rules.hash !== '' && pod.hash === rules.hash) || pod.generation === rules.generation

/** May a node hold an old and a new pod at once? `AllowsSurge`. */
export function allowsSurge(rules: PodRules): boolean {
  const surge = scale(rules.maxSurge ?? 0, 1, 'maxSurge')
  return !rules.onDelete && 'value' in surge && surge.value > 0
}

/** How many nodes at a time, for `desired` nodes; both zero is taken as one unavailable. */
export function allowance(
  rules: PodRules,
  desired: number,
): { readonly maxUnavailable: number; readonly maxSurge: number } | { readonly error: string } {
  const unavailable = scale(rules.maxUnavailable ?? 0, desired, 'maxUnavailable')
  if ('error' in unavailable) return unavailable
  const surge = scale(rules.maxSurge ?? 0, desired, 'maxSurge')
  if ('error' in surge) return surge
  const impossible = desired > 0 && unavailable.value === 0 && surge.value === 0
  return { maxUnavailable: impossible ? 1 : unavailable.value, maxSurge: surge.value }
}
