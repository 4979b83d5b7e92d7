import type { Place } from '#apiserver/validation/place.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { dns1123SubdomainErrors } from '#kube/labels.ts'
import { objectIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
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

const group = 'rbac.authorization.k8s.io'

/** Roles, users and groups are of RBAC's own group (`SetDefaults_Subject`). */
function withGroups(binding: JsonObject): JsonObject {
  const subjects = objectsIn(binding, 'subjects').map((subject) => {
    const own = subject.kind === 'User' || subject.kind === 'Group'
    return own ? { ...subject, apiGroup: stringIn(subject, 'apiGroup') || group } : subject
  })
  const roleRef = objectIn(binding, 'roleRef')
  return {
    ...binding,
    ...(subjects.length > 0 ? { subjects } : {}),
    roleRef: { ...roleRef, apiGroup: stringIn(roleRef, 'apiGroup') || group },
  }
}

function checkSubject(subject: Place, inNamespace: boolean): void {
  const kind = subject.child('kind')
  const account = kind.text === 'ServiceAccount'
  subject.needs('name')
  if (!['ServiceAccount', 'User', 'Group'].includes(kind.text)) {
    kind.notSupported(kind.text, ['ServiceAccount', 'User', 'Group'])
    return
  }
  if (account && subject.child('name').text !== '') subject.child('name').keeps(dns1123SubdomainErrors)
  subject.child('apiGroup').oneOf([account ? '' : group])
  if (account && !inNamespace) subject.needs('namespace')
}

/** `pkg/registry/rbac/clusterrolebinding`, `rolebinding`: a binding stays one of its role. */
export const roleBindingStrategy = plainStrategy({
  nameErrors: pathSegmentErrors,
  defaults: withGroups,
  prepareForCreate: withGroups,
  prepareForUpdate: withGroups,
  check(next, found, old) {
    const inNamespace = next.kind === 'RoleBinding'
    const roleRef = found.at('roleRef')
    roleRef.child('apiGroup').oneOf([group])
    roleRef.child('kind').oneOf(inNamespace ? ['Role', 'ClusterRole'] : ['ClusterRole'])
    roleRef.child('name').keepsText(pathSegmentErrors)
    for (const subject of found.at('subjects').each()) checkSubject(subject, inNamespace)
    if (old && !sameIgnoringNulls(next.roleRef, old.roleRef))
      found.at('roleRef').invalid(next.roleRef, 'cannot change roleRef')
  },
})
