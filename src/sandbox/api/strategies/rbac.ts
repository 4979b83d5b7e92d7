import { sameIgnoringNulls } from '#base/json.ts'
import { objectsIn, stringsIn } from '#kube/read.ts'
import { pathSegmentErrors, plainStrategy } from './plain.ts'

/** `pkg/registry/rbac/clusterrole`, `role`. */
export const roleStrategy = plainStrategy({
  nameErrors: pathSegmentErrors,
  check(role, found) {
    for (const [rule, here] of found.at('rules').each(objectsIn(role, 'rules'))) {
      const need = (field: string, what: string) => {
        if (stringsIn(rule, field).length === 0) here.child(field).required(what)
      }
      need('verbs', 'verbs must contain at least one value')
      if (stringsIn(rule, 'nonResourceURLs').length > 0) continue
      need('apiGroups', 'resource rules must supply at least one api group')
      need('resources', 'resource rules must supply at least one resource')
    }
  },
})

/** `pkg/registry/rbac/clusterrolebinding`, `rolebinding`: a binding stays one of its role. */
export const roleBindingStrategy = plainStrategy({
  nameErrors: pathSegmentErrors,
  check(next, found, old) {
    if (old && !sameIgnoringNulls(next.roleRef, old.roleRef))
      found.at('roleRef').invalid(next.roleRef, 'cannot change roleRef')
  },
})
