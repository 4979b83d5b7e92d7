import { internalError, StatusError } from '../api/status-errors.ts'
import { budgetsOf, withStatus } from '../loops/context.ts'
import { isReady, selectorOf } from '../loops/disruption-controller.ts'
import type { Store, StoredBudget, StoredPod } from '../store/store.ts'

const retryAfterSeconds = 10

function refused({ metadata, status }: StoredBudget): StatusError {
  const stale = (status?.observedGeneration ?? 0) < (metadata.generation ?? 1)
  const why = stale
    ? `The disruption budget ${metadata.name} is still being processed by the server.`
    : `The disruption budget ${metadata.name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`
  const message = "Cannot evict pod as it would violate the pod's disruption budget."
  return new StatusError(429, 'TooManyRequests', message, {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...(stale && { retryAfterSeconds }),
  })
}

/**
 * The budget as it is once the pod is evicted; undefined where none has a say. A pod that does not run yet or no more goes in
 * any case, and so does one that is not ready while its budget has enough others. Mirrors registry/core/pod/storage/eviction.go.
 *
 * @throws StatusError 429 where a budget forbids it, 500 where there are several.
 */
export function budgetAfterEviction(store: Store, pod: StoredPod, now: string): StoredBudget | undefined {
  const { name, namespace, labels, deletionTimestamp } = pod.metadata
  if (deletionTimestamp || pod.status?.phase !== 'Running') return undefined
  const about = [...budgetsOf(store).values()].filter((budget) => {
    const selector = selectorOf(budget)
    return budget.metadata.namespace === namespace && selector && !selector.empty && selector.matches(labels)
  })
  const [budget, ...others] = about
  if (!budget) return undefined
  if (others.length > 0)
    throw internalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  const { disruptionsAllowed = 0, currentHealthy, desiredHealthy, disruptedPods } = budget.status ?? {}
  const always = budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow'
  const enough = (currentHealthy ?? 0) >= (desiredHealthy ?? 0) && (desiredHealthy ?? 0) > 0
  if (!isReady(pod) && (always || enough)) return undefined
  const stale = (budget.status?.observedGeneration ?? 0) < (budget.metadata.generation ?? 1)
  if (stale || (disruptionsAllowed ?? 0) <= 0) throw refused(budget)
  return withStatus(budget, {
    ...budget.status,
    disruptionsAllowed: (disruptionsAllowed ?? 0) - 1,
    disruptedPods: { ...disruptedPods, [name]: now },
  })
}
