import { objectIn } from '#kube/read.ts'
import { begun, followed, plainStrategy } from './plain.ts'

const nothingAllowed = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }

/** `pkg/registry/policy/poddisruptionbudget/strategy.go`: the status is its controller's. */
export const budgetStrategy = plainStrategy({
  prepareForCreate: (object) => begun(object, nothingAllowed),
  prepareForUpdate: followed,
  /** `ValidatePodDisruptionBudgetSpec`: only one of the two limits may be given. */
  check(object, found) {
    const spec = objectIn(object, 'spec')
    if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
      found.at('spec').invalid(spec, 'minAvailable and maxUnavailable cannot be both set')
  },
})
