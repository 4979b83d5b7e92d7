import type { NodeTaint, PreparedToleration } from './decision.ts'
import type { TolerationIndex } from './prepared.ts'
import type { PlacementWarning, WarningCode } from './warnings.ts'
/**
 * Tolerations against taints: k8s.io/api core/v1 `Toleration.ToleratesTaint`, and those that the controller adds to every
 * daemon pod, pkg/controller/daemon/util `AddOrUpdateDaemonPodTolerations`.
 */

import { parseCanonicalInt64 } from '#kube/int64.ts'
import { listOf, textOf } from '#kube/read.ts'
import type { Maybe, PodSpec, Taint, Toleration } from '#kube/types.ts'

/** What the controller adds: `Exists` for each key and effect; the last one for pods on the host's network only. */
const added: readonly { key: string; effect: string; hostNetworkOnly?: true }[] = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule', hostNetworkOnly: true },
]

/**
 * The tolerations that a daemon pod carries: the manifest's in their order, then the controller's. One that the manifest
 * has already, by key, operator, value and effect, is not added again (upstream overwrites it in place, which changes its
 * tolerationSeconds only).
 */
export function podTolerations(spec: Maybe<PodSpec>): readonly PreparedToleration[] {
  const merged = givenTolerations(spec?.tolerations)
  for (const { key, effect, hostNetworkOnly } of added) {
    if (hostNetworkOnly && spec?.hostNetwork !== true) continue
    const present = merged.some(
      (other) =>
        other.key === key && other.operator === 'Exists' && other.value === '' && other.effect === effect,
    )
    if (present) continue
    const fields = { key, operator: 'Exists', value: '', effect }
    merged.push({ origin: 'controller', index: null, ...fields, text: tolerationText(fields) })
  }
  return merged
}

/** Tolerations as they are written, in their order. */
export const givenTolerations = (tolerations: PodSpec['tolerations']): PreparedToleration[] =>
  listOf(tolerations).map(manifestToleration)

function manifestToleration(toleration: Maybe<Toleration>, index: number): PreparedToleration {
  const fields = {
    key: textOf(toleration?.key),
    operator: textOf(toleration?.operator),
    value: textOf(toleration?.value),
    effect: textOf(toleration?.effect),
  }
  return { origin: 'manifest', index, ...fields, text: tolerationText(fields) }
}

function tolerationText(fields: { key: string; operator: string; value: string; effect: string }): string {
  const { key, operator, value, effect } = fields
  const suffix = effect === '' ? '' : `:${effect}`
  if (operator === 'Exists') return `${key || 'any taint'}${suffix}`
  const relation = operator === '' || operator === 'Equal' ? '=' : ` ${operator} `
  return `${key || 'any key'}${relation}${value}${suffix}`
}

export function indexTolerations(tolerations: readonly PreparedToleration[]): TolerationIndex {
  const concerning = (key: string) => tolerations.filter((other) => other.key === key || other.key === '')
  const forKey = new Map(tolerations.map(({ key }) => [key, concerning(key)]))
  return { forKey, forAnyKey: concerning('') }
}

/** The tolerations that concern taints of this key, in the pod's order. */
export function tolerationsFor(index: TolerationIndex, key: string): readonly PreparedToleration[] {
  return index.forKey.get(key) ?? index.forAnyKey
}

/**
 * Whether the toleration's operator and value cover the taint's value. Operators are case-sensitive and unknown ones cover
 * nothing. `Lt`/`Gt` compare 64-bit integers in plain form, the taint's to the toleration's, and need the feature gate.
 */
function coversValue(toleration: PreparedToleration, value: string, comparisonOperators: boolean): boolean {
  const { operator } = toleration
  if (operator === 'Exists') return true
  if (operator === '' || operator === 'Equal') return toleration.value === value
  if (!comparisonOperators) return false
  // NaN is neither smaller nor larger than anything.
  const bound = parseCanonicalInt64(toleration.value) ?? Number.NaN
  const actual = parseCanonicalInt64(value) ?? Number.NaN
  return (operator === 'Lt' && actual < bound) || (operator === 'Gt' && actual > bound)
}

const coversEffect = (toleration: PreparedToleration, effect: string) =>
  toleration.effect === '' || toleration.effect === effect

/** The first of the pod's tolerations that covers a taint, or undefined. */
export function findToleration(
  index: TolerationIndex,
  key: string,
  value: string,
  effect: string,
  comparisonOperators: boolean,
): PreparedToleration | undefined {
  for (const toleration of tolerationsFor(index, key)) {
    if (coversEffect(toleration, effect) && coversValue(toleration, value, comparisonOperators)) {
      return toleration
    }
  }
  return undefined
}

/** The first taint of the given effects that no toleration covers (`FindMatchingUntoleratedTaint`), or undefined. */
export function firstUntolerated(
  index: TolerationIndex,
  taints: readonly NodeTaint[],
  effects: readonly string[],
): NodeTaint | undefined {
  return taints.find(
    ({ key, value, effect }) =>
      effects.includes(effect) && findToleration(index, key, value, effect, false) === undefined,
  )
}

/** In what a toleration of the taint's key misses the taint; empty when it covers it. */
export function tolerationDifferences(
  toleration: PreparedToleration,
  taint: NodeTaint,
  comparisonOperators: boolean,
): ('value' | 'effect' | 'operator')[] {
  const differs: ('value' | 'effect' | 'operator')[] = []
  if (!coversValue(toleration, taint.value, comparisonOperators)) {
    differs.push(operatorProblem(toleration, comparisonOperators) === undefined ? 'value' : 'operator')
  }
  if (!coversEffect(toleration, taint.effect)) differs.push('effect')
  return differs
}

/** A taint with its absent fields filled in. */
export function nodeTaint(taint: Maybe<Taint>): NodeTaint {
  return { key: textOf(taint?.key), value: textOf(taint?.value), effect: textOf(taint?.effect) }
}

/** A taint as kubectl prints it: `dedicated=gpu:NoSchedule`, `node.kubernetes.io/not-ready:NoExecute`. */
export function taintText({ key, value, effect }: NodeTaint): string {
  return `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`
}

function operatorProblem(
  { operator }: PreparedToleration,
  comparisonOperators: boolean,
): { code: WarningCode; message: string } | undefined {
  if (operator === 'Lt' || operator === 'Gt') {
    if (comparisonOperators) return undefined
    const message = `operator ${operator} tolerates nothing while the feature gate TaintTolerationComparisonOperators is off`
    return { code: 'DisabledTolerationOperator', message }
  }
  if (['', 'Equal', 'Exists'].includes(operator)) return undefined
  const message = `no operator is called "${operator}", so this toleration covers no taint (known: Equal, Exists)`
  return { code: 'UnknownTolerationOperator', message }
}

/** The tolerations among the pod's that can cover no taint at all: of the manifest's, which come first, some may not. */
export function tolerationWarnings(
  tolerations: readonly PreparedToleration[],
  comparisonOperators: boolean,
): PlacementWarning[] {
  const warnings: PlacementWarning[] = []
  for (const [index, toleration] of tolerations.entries()) {
    const { operator, value, effect } = toleration
    const path = ['spec', 'template', 'spec', 'tolerations', index]
    const problem = operatorProblem(toleration, comparisonOperators)
    if (problem !== undefined) {
      warnings.push({ code: problem.code, path: [...path, 'operator'], message: problem.message })
    } else if (operator === 'Lt' || operator === 'Gt') {
      if (parseCanonicalInt64(value) === undefined) {
        const message = `operator ${operator} needs a plain 64-bit integer, "${value}" is none: this toleration covers no taint`
        warnings.push({ code: 'UnparsableTolerationValue', path: [...path, 'value'], message })
      }
    }
    if (!['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(effect)) {
      const message = `no effect is called "${effect}", so this toleration covers no taint (known: NoSchedule, PreferNoSchedule, NoExecute)`
      warnings.push({ code: 'UnknownTolerationEffect', path: [...path, 'effect'], message })
    }
  }
  return warnings
}
