/**
 * Nobody grants what they do not have: the checks of pkg/registry/rbac/*\/policybased when roles and bindings are written, and
 * those of `Covers` and `CompactRules` beneath them.
 */
import { sameIgnoringNulls } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { objectIn, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allowedBy, type Grants, grantedTo, has, isMaster, roleFor, rulesOf, type User } from './rbac.ts'

const group = 'rbac.authorization.k8s.io'

/** A rule about one verb of one resource or path, of one name at most. */
interface Right {
  readonly verb: string
  readonly path?: string
  readonly apiGroup?: string
  readonly resource?: string
  readonly name?: string
}

function rightsIn(rule: JsonObject): Right[] {
  const verbs = stringsIn(rule, 'verbs')
  const names = stringsIn(rule, 'resourceNames')
  const ofResources = stringsIn(rule, 'apiGroups').flatMap((apiGroup) =>
    stringsIn(rule, 'resources').flatMap((resource) =>
      verbs.flatMap((verb): Right[] =>
        names.length > 0
          ? names.map((name) => ({ apiGroup, resource, verb, name }))
          : [{ apiGroup, resource, verb }],
      ),
    ),
  )
  const ofPaths = stringsIn(rule, 'nonResourceURLs').flatMap((path) => verbs.map((verb) => ({ path, verb })))
  return [...ofResources, ...ofPaths]
}

function covers(rule: JsonObject, { verb, path, apiGroup = '', resource = '', name }: Right): boolean {
  if (!has(rule, 'verbs', verb)) return false
  if (path !== undefined)
    return stringsIn(rule, 'nonResourceURLs').some(
      (own) => own === path || (own.endsWith('*') && path.startsWith(own.replace(/\*+$/, ''))),
    )
  const names = stringsIn(rule, 'resourceNames')
  const slash = resource.indexOf('/')
  return (
    has(rule, 'apiGroups', apiGroup) &&
    (has(rule, 'resources', resource) ||
      (slash >= 0 && stringsIn(rule, 'resources').includes(`*${resource.slice(slash)}`))) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  )
}

/** Rights as rules, those of one resource and name in one, in the server's words. */
function rightTexts(rights: readonly Right[]): string[] {
  const list = (texts: readonly string[]) => `[${texts.map(goQuote).join(' ')}]`
  const verbs = new Map<string, string[]>()
  for (const { verb, path, apiGroup = '', resource = '', name } of rights) {
    const what =
      path === undefined
        ? `APIGroups:${list([apiGroup])}, Resources:${list([resource])}${name === undefined ? '' : `, ResourceNames:${list([name])}`}`
        : `NonResourceURLs:${list([path])}`
    // Rules about paths are not drawn together.
    const key = path === undefined ? what : `${what} ${verb}`
    verbs.set(key, [...(verbs.get(key) ?? [what]), verb])
  }
  const texts = [...verbs.values()].map(([what, ...all]) => `{${what}, Verbs:${list(all)}}`)
  return [...new Set(texts)].sort()
}

const everything: readonly JsonObject[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

/** Someone who writes a role or a binding: `name` as the request's path says it, empty for a new one. */
interface Granting {
  readonly user: User
  readonly plural: string
  readonly namespace: string
  readonly name: string
}

/** Why the user must not grant these rules; undefined: they have all of them. */
function refusal(
  { user, namespace }: Granting,
  rules: readonly JsonObject[],
  grants: Grants,
): string | undefined {
  const own = grantedTo(user, namespace, grants).flatMap((one) => one.rules)
  const missing = rules.flatMap(rightsIn).filter((right) => !own.some((rule) => covers(rule, right)))
  if (missing.length === 0) return undefined
  const who = `user ${goQuote(user.username)} (groups=[${user.groups.map(goQuote).join(' ')}])`
  return `${who} is attempting to grant RBAC permissions not currently held:\n${rightTexts(missing).join('\n')}`
}

const isAggregated = (role: JsonObject | undefined) =>
  role !== undefined && objectsIn(objectIn(role, 'aggregationRule'), 'clusterRoleSelectors').length > 0

function roleRefusal(granting: Granting, next: JsonObject, old: JsonObject | undefined, grants: Grants) {
  const { user, plural, name, namespace } = granting
  if (allowedBy(user, { verb: 'escalate', group, resource: plural, name, namespace }, grants) !== undefined)
    return undefined
  const why = refusal(granting, objectsIn(next, 'rules'), grants)
  if (why !== undefined) return why
  const gathers = isAggregated(next) || isAggregated(old)
  return gathers && refusal(granting, everything, grants) !== undefined
    ? 'must have cluster-admin privileges to use the aggregationRule'
    : undefined
}

function bindingRefusal(granting: Granting, binding: JsonObject, grants: Grants) {
  const { user, namespace } = granting
  const reference = objectIn(binding, 'roleRef')
  const resource = stringIn(reference, 'kind') === 'ClusterRole' ? 'clusterroles' : 'roles'
  const name = stringIn(reference, 'name')
  const bind = { verb: 'bind', group: stringIn(reference, 'apiGroup') || group, resource, name, namespace }
  if (allowedBy(user, bind, grants) !== undefined) return undefined
  const role = roleFor(reference, namespace, grants)
  return role
    ? refusal(granting, rulesOf(role, grants), grants)
    : { missing: { group, plural: resource, name } }
}

/** Without what a garbage collector may write to anything. */
function ownPart(object: JsonObject): JsonObject {
  const { ownerReferences: _o, finalizers: _f, managedFields: _m, ...metadata } = objectIn(object, 'metadata')
  return { ...object, metadata }
}

/**
 * Why a role or binding must not be written by this user: it would grant what they do not have, and the verbs `escalate` and
 * `bind` do not allow it. `missing`: the role that it names. Undefined: they may.
 */
export function escalation(
  granting: Granting,
  next: JsonObject,
  old: JsonObject | undefined,
  grants: Grants,
):
  | string
  | { readonly missing: { readonly group: string; readonly plural: string; readonly name: string } }
  | undefined {
  if (isMaster(granting.user)) return undefined
  if (old && sameIgnoringNulls(ownPart(next), ownPart(old))) return undefined
  return granting.plural.endsWith('bindings')
    ? bindingRefusal(granting, next, grants)
    : roleRefusal(granting, next, old, grants)
}
