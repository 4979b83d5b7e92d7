import type { FieldError } from '#apiserver/validation/types.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { objectsIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Strategy } from '../resource-type.ts'
import { fieldError, pathSegmentErrors, plainStrategy, validateMetadata } from './plain.ts'

function validateRole(role: JsonObject): FieldError[] {
  const errors = validateMetadata(role, pathSegmentErrors)
  for (const [at, rule] of objectsIn(role, 'rules').entries()) {
    const need = (field: string, detail: string) =>
      errors.push({
        ...fieldError('FieldValueRequired', ['rules', at, field], detail),
        field: `rules[${at}].${field}`,
      })
    if (stringsIn(rule, 'verbs').length === 0) need('verbs', 'verbs must contain at least one value')
    if (stringsIn(rule, 'nonResourceURLs').length > 0) continue
    if (stringsIn(rule, 'apiGroups').length === 0)
      need('apiGroups', 'resource rules must supply at least one api group')
    if (stringsIn(rule, 'resources').length === 0)
      need('resources', 'resource rules must supply at least one resource')
  }
  return errors
}

/** `pkg/registry/rbac/clusterrole`, `role`. */
export const roleStrategy: Strategy = plainStrategy(pathSegmentErrors, {
  validate: validateRole,
  validateUpdate: validateRole,
})

/** `pkg/registry/rbac/clusterrolebinding`, `rolebinding`: a binding stays one of its role. */
export const roleBindingStrategy: Strategy = plainStrategy(pathSegmentErrors, {
  validateUpdate(next, old) {
    const errors = validateMetadata(next, pathSegmentErrors)
    if (!sameIgnoringNulls(next.roleRef, old.roleRef))
      errors.push(fieldError('FieldValueInvalid', ['roleRef'], 'cannot change roleRef', next.roleRef))
    return errors
  },
})
