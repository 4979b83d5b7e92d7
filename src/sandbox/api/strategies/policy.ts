import { sameIgnoringNulls } from '#base/json.ts'
import { dns1123SubdomainErrors } from '#kube/labels.ts'
import { objectIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { metadataOf, withMetadata } from '../json.ts'
import { fieldError, plainStrategy, validateMetadata } from './plain.ts'

const nothingAllowed = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }

/** `ValidatePodDisruptionBudgetSpec`: only one of the two limits may be given. */
function validate(object: JsonObject) {
  const { minAvailable, maxUnavailable } = objectIn(object, 'spec')
  const both = minAvailable !== undefined && maxUnavailable !== undefined
  const errors = validateMetadata(object, dns1123SubdomainErrors)
  if (!both) return errors
  const detail = 'minAvailable and maxUnavailable cannot be both set'
  return [...errors, fieldError('FieldValueInvalid', ['spec'], detail, objectIn(object, 'spec'))]
}

/** `pkg/registry/policy/poddisruptionbudget/strategy.go`: the status is its controller's. */
export const budgetStrategy = plainStrategy(dns1123SubdomainErrors, {
  prepareForCreate: (object) =>
    withMetadata({ ...object, status: nothingAllowed }, { ...metadataOf(object), generation: 1 }),
  prepareForUpdate(next, old) {
    const more = sameIgnoringNulls(next.spec, old.spec) ? 0 : 1
    const generation = Number(metadataOf(old).generation ?? 1) + more
    return withMetadata({ ...next, status: old.status ?? {} }, { ...metadataOf(next), generation })
  },
  validate,
  validateUpdate: validate,
})
