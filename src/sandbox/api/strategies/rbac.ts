import { sameIgnoringNulls } from '#base/json.ts'
import { pathSegmentErrors, plainStrategy } from './plain.ts'

/** `pkg/registry/rbac/clusterrole`, `role`. */
export const roleStrategy = plainStrategy({
  nameErrors: pathSegmentErrors,
  check(_, found) {
    for (const rule of found.at('rules').each()) {
      const need = (field: string, what: string) => {
        if (rule.items(field).length === 0) rule.child(field).required(what)
      }
      need('verbs', 'verbs must contain at least one value')
      if (rule.items('nonResourceURLs').length > 0) continue
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
