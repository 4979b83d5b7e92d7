import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { escalation } from '#apiserver/authorization/escalation.ts'
import type { Grants, User } from '#apiserver/authorization/rbac.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { WriteOptions } from '../api/resource-type.ts'
import { types } from '../api/resources.ts'
import { forbidden, notFound, unauthorized } from '../api/status-errors.ts'
import type { Store } from '../store/store.ts'
import type { Exchange } from './exchange.ts'
import type { ResourcePath } from './target.ts'

/** The one user whose token there is, who may do everything and be everybody. */
const sandboxUser: User = {
  username: 'kds-sandbox-admin',
  groups: ['system:masters', 'system:authenticated'],
}

const anonymous: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] }

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Groups that an impersonated user is in without saying so: those of its service account, unless others are said. */
function groupsOf(username: string, said: readonly string[]): string[] {
  const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username)
  const own =
    account && said.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : []
  const all = [...said, ...own]
  const known = username === anonymous.username ? 'system:unauthenticated' : 'system:authenticated'
  return all.includes('system:authenticated') || all.includes('system:unauthenticated')
    ? all
    : [...all, known]
}

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

/** Who sends a request, or whom they impersonate. As on a real server one without credentials is anonymous, a wrong token refused. */
export function userOf(request: IncomingMessage, token: string): User {
  const [scheme = '', given = ''] = header(request, 'authorization').trim().split(/\s+/, 2)
  if (scheme.toLowerCase() !== 'bearer') return anonymous
  if (!timingSafeEqual(digest(given), digest(token))) throw unauthorized()
  const username = header(request, 'impersonate-user')
  if (username === '') return sandboxUser
  const said = header(request, 'impersonate-group').split(/,\s*/).filter(Boolean)
  return { username, groups: groupsOf(username, said) }
}

/** The roles and bindings to go by; those who may do everything need none. */
export function grantsOf(store: Store): Grants {
  const of = (type: (typeof types)['roles']) => store.collection(type).values() as unknown as Grants['roles']
  return {
    get roles() {
      return of(types.roles)
    },
    get clusterRoles() {
      return of(types.clusterRoles)
    },
    get roleBindings() {
      return of(types.roleBindings)
    },
    get clusterRoleBindings() {
      return of(types.clusterRoleBindings)
    },
  }
}

/** The 403 that a user without the right gets for a resource. */
export function forbiddenResource(user: string, verb: string, path: ResourcePath): Error {
  const { group, plural, namespace, name = '', subresource } = path
  const resource = subresource ? `${plural}/${subresource}` : plural
  const place = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  return forbidden(
    { group, plural },
    name,
    `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${place}`,
  )
}

/** For who writes roles and bindings: throws 403 where these grant what the writer does not have. */
export function grantGuard(store: Store, { target, user }: Exchange): WriteOptions['guard'] {
  const { type, namespace = '', name = '' } = target
  if (type.group !== types.roles.group) return undefined
  const granting = { user, plural: type.plural, namespace, name }
  return (next, old) => {
    const why = escalation(granting, next, old, grantsOf(store))
    if (why === undefined) return
    if (typeof why === 'object') throw notFound(why.missing, why.missing.name)
    throw forbidden(type, stringIn(objectIn(next, 'metadata'), 'name'), why)
  }
}
