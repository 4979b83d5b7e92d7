/** Tolerations that admission adds: DefaultTolerationSeconds, and pkg/util/tolerations for those of a RuntimeClass. */
import { sameIgnoringNulls } from '#base/json.ts'
import { numberOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { DraftPod } from './types.ts'

/** Does one tolerate all that the other does? */
function isSuperset(one: JsonObject, other: JsonObject): boolean {
  if (sameIgnoringNulls(one, other)) return true
  const [key, operator, effect] = ['key', 'operator', 'effect'].map((field) => stringIn(one, field))
  if (key !== stringIn(other, 'key') && (key !== '' || operator !== 'Exists')) return false
  if (effect !== '' && effect !== stringIn(other, 'effect')) return false
  const seconds = numberOrNone(one, 'tolerationSeconds')
  if (effect === 'NoExecute' && seconds !== undefined) {
    const others = numberOrNone(other, 'tolerationSeconds')
    if (others === undefined || others > seconds) return false
  }
  if (operator === 'Exists') return true
  return (
    (operator === 'Equal' || operator === '') &&
    stringIn(other, 'operator') === 'Equal' &&
    stringIn(one, 'value') === stringIn(other, 'value')
  )
}

/** Both lists in one; of two of which one tolerates all that the other does, that one alone. */
export function mergeTolerations(first: readonly JsonObject[], second: readonly JsonObject[]): JsonObject[] {
  const all = [...first, ...second]
  const merged: JsonObject[] = []
  for (const [at, one] of all.entries()) {
    const earlier = merged.some((other) => isSuperset(other, one))
    const later = all.slice(at + 1).some((other) => !sameIgnoringNulls(one, other) && isSuperset(other, one))
    if (!earlier && !later) merged.push(one)
  }
  return merged
}

/** Five minutes of patience with a failing node, unless the pod says otherwise. */
export function addDefaultTolerations({ spec }: DraftPod): void {
  const tolerations = objectsIn(spec, 'tolerations')
  const tolerates = (key: string) =>
    tolerations.some(
      (one) =>
        ['', key].includes(stringIn(one, 'key')) && ['', 'NoExecute'].includes(stringIn(one, 'effect')),
    )
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !tolerates(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  if (added.length > 0) spec.tolerations = [...tolerations, ...added]
}
