/** Who may do what, by roles and bindings. Mirrors plugin/pkg/auth/authorizer/rbac and pkg/registry/rbac/validation. */
import { listIn, objectIn, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import { matchesLabelSelector } from '#kube/selectors.ts'
import type { JsonObject, StringMap } from '#kube/types.ts'

export interface User {
  readonly username: string
  readonly groups: readonly string[]
}

/** What somebody wants to do: something to a resource, or to a path that is none. */
type Attributes = { readonly verb: string } & (
  | {
      readonly group: string
      /** With its subresource: `pods/log`. */
      readonly resource: string
      readonly name: string
      /** Empty: everywhere, or of no namespace. */
      readonly namespace: string
    }
  | { readonly path: string }
)

/** Every role and binding there is. */
export interface Grants {
  readonly roles: Iterable<JsonObject>
  readonly clusterRoles: Iterable<JsonObject>
  readonly roleBindings: Iterable<JsonObject>
  readonly clusterRoleBindings: Iterable<JsonObject>
}

const mastersGroup = 'system:masters'

/** Members of this group may do everything, whatever the bindings say. */
export const isMaster = ({ groups }: User): boolean => groups.includes(mastersGroup)

const nameOf = (object: JsonObject) => stringIn(objectIn(object, 'metadata'), 'name')
const namespaceOf = (object: JsonObject) => stringIn(objectIn(object, 'metadata'), 'namespace')

function isSubject(subject: JsonObject, user: User, bindingNamespace: string): boolean {
  const name = stringIn(subject, 'name')
  switch (stringIn(subject, 'kind')) {
    case 'User':
      return user.username === name
    case 'Group':
      return user.groups.includes(name)
    case 'ServiceAccount': {
      const namespace = stringIn(subject, 'namespace') || bindingNamespace
      return namespace !== '' && user.username === `system:serviceaccount:${namespace}:${name}`
    }
    default:
      return false
  }
}

/** The rules of a role; those of an aggregated one are those of all that its selectors choose. */
export function rulesOf(role: JsonObject, { clusterRoles }: Grants): JsonObject[] {
  const selectors = objectsIn(objectIn(role, 'aggregationRule'), 'clusterRoleSelectors').map((selector) =>
    matchesLabelSelector(selector),
  )
  const parts = selectors.length > 0 ? [...clusterRoles].filter((one) => one !== role) : []
  return [
    ...objectsIn(role, 'rules'),
    ...parts
      .filter((one) => {
        const labels = objectIn(objectIn(one, 'metadata'), 'labels') as StringMap
        return selectors.some((matches) => matches(labels))
      })
      .flatMap((one) => objectsIn(one, 'rules')),
  ]
}

/** The role that a binding in this namespace refers to. */
export function roleFor(reference: JsonObject, namespace: string, grants: Grants): JsonObject | undefined {
  const name = stringIn(reference, 'name')
  if (stringIn(reference, 'kind') === 'ClusterRole')
    return [...grants.clusterRoles].find((role) => nameOf(role) === name)
  return [...grants.roles].find((role) => nameOf(role) === name && namespaceOf(role) === namespace)
}

/** A role's rules, and the words for why they are somebody's. */
interface Granted {
  readonly rules: readonly JsonObject[]
  readonly reason: string
}

/** All that is granted to a user in a namespace; in none, what holds everywhere. */
export function grantedTo(user: User, namespace: string, grants: Grants): Granted[] {
  const granted: Granted[] = []
  const look = (kind: string, bindings: Iterable<JsonObject>) => {
    for (const binding of bindings) {
      const of = namespaceOf(binding)
      if (kind === 'RoleBinding' && (namespace === '' || of !== namespace)) continue
      const subject = objectsIn(binding, 'subjects').find((one) => isSubject(one, user, of))
      const role = subject && roleFor(objectIn(binding, 'roleRef'), of, grants)
      if (!subject || !role) continue
      const place = of === '' ? '' : `/${of}`
      const to = `${stringIn(subject, 'kind')} "${stringIn(subject, 'name')}${stringIn(subject, 'namespace') ? `/${stringIn(subject, 'namespace')}` : ''}"`
      const what = `${stringIn(objectIn(binding, 'roleRef'), 'kind')} "${nameOf(role)}"`
      const reason = `RBAC: allowed by ${kind} "${nameOf(binding)}${place}" of ${what} to ${to}`
      granted.push({ rules: rulesOf(role, grants), reason })
    }
  }
  look('ClusterRoleBinding', grants.clusterRoleBindings)
  look('RoleBinding', grants.roleBindings)
  return granted
}

/** Whether a rule names a verb, group or resource, or all of them. */
export const has = (rule: JsonObject, field: string, value: string): boolean => {
  const list = stringsIn(rule, field)
  return list.includes('*') || list.includes(value)
}

function coversPath(rule: JsonObject, path: string): boolean {
  return stringsIn(rule, 'nonResourceURLs').some(
    (pattern) =>
      pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))),
  )
}

function covers(rule: JsonObject, asked: Attributes): boolean {
  if (!has(rule, 'verbs', asked.verb)) return false
  if ('path' in asked) return coversPath(rule, asked.path)
  const [, subresource] = asked.resource.split('/')
  const named =
    listIn(rule, 'resourceNames').length === 0 || stringsIn(rule, 'resourceNames').includes(asked.name)
  const resource =
    has(rule, 'resources', asked.resource) ||
    (subresource !== undefined && stringsIn(rule, 'resources').includes(`*/${subresource}`))
  return has(rule, 'apiGroups', asked.group) && resource && named
}

/** Why a user may do something, `''` for who may do everything; undefined: they may not. */
export function allowedBy(user: User, asked: Attributes, grants: Grants): string | undefined {
  if (isMaster(user)) return ''
  const namespace = 'path' in asked ? '' : asked.namespace
  return grantedTo(user, namespace, grants).find(({ rules }) => rules.some((rule) => covers(rule, asked)))
    ?.reason
}
