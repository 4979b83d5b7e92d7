import { internalForm } from '#apiserver/schema/internal-form.ts'
import { checkAtMostAll, checkIntOrPercent } from '#apiserver/validation/daemon-set.ts'
import { checkLabelSelector } from '#apiserver/validation/labels.ts'
import { begun, followed, plainStrategy } from './plain.ts'

const nothingAllowed = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }

/** `pkg/registry/policy/poddisruptionbudget/strategy.go`: the status is its controller's. */
export const budgetStrategy = plainStrategy({
  prepareForCreate: (object) => begun(object, nothingAllowed),
  prepareForUpdate: followed,
  /** `ValidatePodDisruptionBudgetSpec`. */
  check(_, found) {
    const spec = found.at('spec')
    const given = ['minAvailable', 'maxUnavailable'].filter((field) => spec.object[field] !== undefined)
    const shown = () => {
      const { MinAvailable, Selector, ...rest } = internalForm(spec.value, 'PodDisruptionBudgetSpec')
      return { MinAvailable, Selector, ...rest }
    }
    if (given.length > 1) spec.invalid(shown(), 'minAvailable and maxUnavailable cannot be both set')
    for (const amount of given.map((field) => spec.child(field))) {
      checkIntOrPercent(amount)
      checkAtMostAll(amount)
    }
    spec.child('unhealthyPodEvictionPolicy').optionalChoice(['AlwaysAllow', 'IfHealthyBudget'])
    checkLabelSelector(spec.child('selector'))
  },
})
