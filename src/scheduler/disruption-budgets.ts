import { namespaceOf } from '#kube/names.ts'
import type { Selector } from '#kube/selectors.ts'
import { readableSelector } from '#kube/selectors.ts'
import type { PodDisruptionBudget } from '#kube/types.ts'
import type { PodInfo } from './pod-info.ts'

/** Pods that would leave, by whether a budget has room for each. */
interface ByBudget {
  readonly violating: readonly PodInfo[]
  readonly others: readonly PodInfo[]
}

/**
 * Sorts pods that would all leave in this order into those for which a budget has no room left and the others. Mirrors
 * `filterPodsWithPDBViolation`: a budget's word is its `status.disruptionsAllowed`; a pod in its `disruptedPods` is counted
 * already; a selector that is empty or not well formed selects nothing, and so does any for a pod without labels.
 */
export class DisruptionBudgets {
  readonly #budgets: readonly {
    readonly namespace: string
    readonly selector: Selector
    readonly allowed: number
    readonly disrupted: Readonly<Record<string, unknown>>
  }[]

  constructor(budgets: readonly PodDisruptionBudget[]) {
    this.#budgets = budgets.flatMap((budget) => {
      const selector = readableSelector(budget.spec?.selector)
      if (!selector || selector.empty) return []
      return {
        namespace: namespaceOf(budget),
        selector,
        allowed: budget.status?.disruptionsAllowed ?? 0,
        disrupted: budget.status?.disruptedPods ?? {},
      }
    })
  }

  split(pods: readonly PodInfo[]): ByBudget {
    const left = this.#budgets.map((budget) => budget.allowed)
    const violates = ({ pod, namespace, name }: PodInfo): boolean => {
      const labels = pod.metadata?.labels ?? {}
      if (Object.keys(labels).length === 0) return false
      let violated = false
      for (const [at, budget] of this.#budgets.entries()) {
        if (budget.namespace !== namespace || !budget.selector.matches(labels)) continue
        if (Object.hasOwn(budget.disrupted, name)) continue
        const rest = (left[at] ?? 0) - 1
        left[at] = rest
        if (rest < 0) violated = true
      }
      return violated
    }
    const violating: PodInfo[] = []
    const others: PodInfo[] = []
    for (const pod of pods) (violates(pod) ? violating : others).push(pod)
    return { violating, others }
  }
}
