import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Verb } from '../api/resource-type.ts'
import { forbidden, unauthorized } from '../api/status-errors.ts'
import type { ResourcePath } from './target.ts'

/** The one user of a sandbox, who may do everything. */
export const sandboxUser = {
  username: 'kds-sandbox-admin',
  groups: ['system:masters', 'system:authenticated'],
} as const

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Who sends a request: undefined is the user who may do everything, a name somebody who may do nothing. As on a real
 * server a request without credentials is anonymous, and one with a wrong token is refused.
 */
export function unprivilegedUser(request: IncomingMessage, token: string): string | undefined {
  const [scheme = '', given = ''] = (request.headers.authorization ?? '').trim().split(/\s+/, 2)
  if (scheme.toLowerCase() !== 'bearer') return 'system:anonymous'
  if (!timingSafeEqual(digest(given), digest(token))) throw unauthorized()
  const impersonated = request.headers['impersonate-user']
  return typeof impersonated === 'string' && impersonated !== '' ? impersonated : undefined
}

/** The 403 that a user without rights gets for a resource. */
export function forbiddenResource(user: string, verb: Verb, path: ResourcePath): Error {
  const { group, plural, namespace, name = '', subresource } = path
  const resource = subresource ? `${plural}/${subresource}` : plural
  const place = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  return forbidden(
    { group, plural },
    name,
    `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${place}`,
  )
}
