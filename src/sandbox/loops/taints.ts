import type { Taint, Toleration } from '#kube/types.ts'

/** Whether a toleration covers a taint: `ToleratesTaint` of `k8s.io/api/core/v1`. */
function covers(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  if (toleration.operator && toleration.operator !== 'Equal') return false
  return (toleration.key ?? '') === (taint.key ?? '') && (toleration.value ?? '') === (taint.value ?? '')
}

type Tolerations = readonly Toleration[] | null | undefined

/** The tolerations that cover a taint. */
export const coveringTolerations = (tolerations: Tolerations, taint: Taint): readonly Toleration[] =>
  (tolerations ?? []).filter((toleration) => covers(toleration, taint))

/** The first taint of the given effects that nothing tolerates. */
export function untolerated(
  taints: readonly Taint[] | null | undefined,
  tolerations: Tolerations,
  effects: readonly string[],
): Taint | undefined {
  return (taints ?? []).find(
    (taint) => effects.includes(taint.effect ?? '') && coveringTolerations(tolerations, taint).length === 0,
  )
}
