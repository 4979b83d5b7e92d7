import { controllerOf } from '#kube/owners.ts'
import { readableSelector, type Selector } from '#kube/selectors.ts'
import type { PodDisruptionBudget } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredBudget, StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { budgetsOf, type LoopContext, podsOf, withStatus } from './context.ts'
import { WorkQueue } from './work-queue.ts'

const by = { manager: 'kube-controller-manager', status: true }
/** How long a pod that was evicted counts as one that is about to go (`DeletionTimeout`). */
const deletionTimeout = 120_000

/** The pods that a budget is about; one whose selector cannot be read is about none. */
export const selectorOf = ({ spec }: PodDisruptionBudget): Selector | undefined =>
  readableSelector(spec?.selector)

/** Keeps the status of PodDisruptionBudgets: how many of their pods may go (`pkg/controller/disruption`). */
export function keepBudgets({ clock, registry, store }: LoopContext): void {
  const queue = new WorkQueue(clock, sync)
  const look = ({ metadata }: StoredBudget) => queue.add(keyOf(metadata.namespace, metadata.name))
  for (const budget of budgetsOf(store).values()) look(budget)
  budgetsOf(store).subscribe(({ type, object }) => type !== 'DELETED' && look(object))
  podsOf(store).subscribe(({ object }) => {
    for (const budget of budgetsOf(store).values()) if (concerns(budget, object)) look(budget)
  })

  function sync(key: string): void {
    const budget = budgetsOf(store).get(key)
    if (!budget) return
    const now = clock.now()
    const pods = [...podsOf(store).values()].filter((pod) => concerns(budget, pod))
    const disrupted = Object.entries(budget.status?.disruptedPods ?? {}).filter(([name, at]) => {
      const pod = pods.find(({ metadata }) => metadata.name === name)
      return pod && !pod.metadata.deletionTimestamp && Date.parse(at) + deletionTimeout > now
    })
    const status = statusOf(budget, pods, new Map(disrupted), timestamp(now))
    if (JSON.stringify(status) !== JSON.stringify(budget.status))
      registry.write(types.podDisruptionBudgets, withStatus(budget, status), by)
    for (const [, at] of disrupted) queue.add(key, Date.parse(at) + deletionTimeout - now + 1)
  }
}

const concerns = (budget: StoredBudget, pod: StoredPod): boolean =>
  budget.metadata.namespace === pod.metadata.namespace &&
  (selectorOf(budget)?.matches(pod.metadata.labels) ?? false)

export const isReady = ({ status }: StoredPod): boolean =>
  (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')

/**
 * `getExpectedPodCount`: with a number of minAvailable the pods that there are. Anything else is measured by the scale of their
 * controllers, which neither DaemonSets nor Jobs have; undefined: so it cannot be told.
 */
function expectedOf({ spec }: PodDisruptionBudget, pods: readonly StoredPod[]) {
  const { minAvailable, maxUnavailable } = spec ?? {}
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable }
  if (minAvailable === undefined && maxUnavailable === undefined)
    return { expectedPods: 0, desiredHealthy: 0 }
  return pods.some((pod) => controllerOf(pod)) ? undefined : { expectedPods: 0, desiredHealthy: 0 }
}

function statusOf(
  budget: StoredBudget,
  pods: readonly StoredPod[],
  disrupted: ReadonlyMap<string, string>,
  now: string,
): NonNullable<PodDisruptionBudget['status']> {
  const observedGeneration = budget.metadata.generation ?? 1
  const old = budget.status?.conditions?.[0]
  const condition = (status: string, reason: string, message: string) => ({
    conditions: [
      {
        type: 'DisruptionAllowed',
        status,
        observedGeneration,
        lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now,
        reason,
        message,
      },
    ],
  })
  const expected = expectedOf(budget, pods)
  if (!expected) {
    const message = 'the controllers of its pods do not implement the scale subresource'
    return {
      ...budget.status,
      disruptionsAllowed: 0,
      observedGeneration,
      ...condition('False', 'SyncFailed', message),
    }
  }
  const currentHealthy = pods.filter(
    (pod) => isReady(pod) && !pod.metadata.deletionTimestamp && !disrupted.has(pod.metadata.name),
  ).length
  const room = expected.expectedPods > 0 ? currentHealthy - expected.desiredHealthy : 0
  const disruptionsAllowed = Math.max(0, room)
  const allowed =
    disruptionsAllowed > 0
      ? condition('True', 'SufficientPods', '')
      : condition('False', 'InsufficientPods', '')
  return {
    observedGeneration,
    ...(disrupted.size > 0 && { disruptedPods: Object.fromEntries(disrupted) }),
    disruptionsAllowed,
    currentHealthy,
    ...expected,
    ...allowed,
  }
}
