import type { IncomingMessage, ServerResponse } from 'node:http'
import { allowedBy, type User } from '#apiserver/authorization/rbac.ts'
import {
  badRequest,
  forbiddenPath,
  internalError,
  methodNotAllowed,
  noSuchPath,
  StatusError,
} from '../api/status-errors.ts'
import { handleAction } from './action-handlers.ts'
import { sendBytes, sendJson, sendStatus, sendText } from './answer.ts'
import { controlPath, handleControl } from './control.ts'
import type { Exchange, Serving } from './exchange.ts'
import { playFaults } from './fault-player.ts'
import { isPublic, plainAnswer } from './plain-paths.ts'
import { handleGet, handleList, handleWatch } from './read-handlers.ts'
import { type ResourcePath, resourcePathOf, segmentsOf, targetOf, verbOf } from './target.ts'
import { forbiddenResource, grantsOf, userOf } from './users.ts'
import {
  handleCreate,
  handleDelete,
  handleDeleteCollection,
  handlePatch,
  handleUpdate,
} from './write-handlers.ts'

/** Answers one request, whatever it is. Never throws: a failure is an answer, too. */
export async function route(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(serving, request, response)
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy()
    else sendStatus(response, error instanceof StatusError ? error : internalError(String(error)))
  }
}

/**
 * Whether a request was meant for this machine's own addresses. A page in a browser whose name was made to lead here (DNS
 * rebinding) says the page's name. HTTP/1.0, which browsers do not speak, need not say any.
 */
const isLoopback = (host: string | undefined) =>
  host === undefined || /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)

const misdirected = (host = '') =>
  new StatusError(
    421,
    'MisdirectedRequest',
    `a sandbox answers for localhost, 127.0.0.1 and [::1] only, not for ${JSON.stringify(host)}`,
  )

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLoopback(request.headers.host)) throw misdirected(request.headers.host)
  const [pathname = '', ...search] = (request.url ?? '').split('?')
  if (!pathname.startsWith('/')) throw badRequest('the request target is no path')
  const segments = segmentsOf(pathname)
  const query = new URLSearchParams(search.join('?'))
  const method = request.method ?? ''
  const resource = resourcePathOf(segments)
  const verb = verbOf(method, query, resource?.name !== undefined)
  if (!verb) throw methodNotAllowed()
  const user = userOf(request, serving.token)
  if (!isPublic(segments)) authorize(serving, user, { method, pathname, verb, resource })
  if (serving.faults && pathname === controlPath)
    return handleControl(serving, serving.faults, request, response)
  if (resource) return answerResource(serving, { request, response, query, verb, resource, user })
  const plain = plainAnswer(segments, request.headers.accept, serving.address())
  if (!plain) throw noSuchPath()
  if (verb !== 'list') throw methodNotAllowed()
  if ('text' in plain) sendText(response, 200, plain.text)
  else if ('bytes' in plain) sendBytes(response, 200, plain.bytes, plain.contentType)
  else sendJson(response, 200, plain.json, plain.contentType ? { contentType: plain.contentType } : {})
}

/** Throws 403 for what the user's roles do not allow. */
function authorize(
  { registry }: Serving,
  user: User,
  asked: { method: string; pathname: string; verb: Exchange['verb']; resource: ResourcePath | undefined },
): void {
  const { method, pathname, verb, resource } = asked
  const grants = grantsOf(registry.store)
  if (!resource) {
    const lower = method.toLowerCase()
    if (allowedBy(user, { verb: lower, path: pathname }, grants) !== undefined) return
    throw forbiddenPath(user.username, lower, pathname)
  }
  const { group, plural, subresource, name = '', namespace = '' } = resource
  const what = { verb, group, resource: subresource ? `${plural}/${subresource}` : plural, name, namespace }
  if (allowedBy(user, what, grants) === undefined) throw forbiddenResource(user.username, verb, resource)
}

interface ResourceRequest extends Pick<Exchange, 'request' | 'response' | 'query' | 'verb' | 'user'> {
  readonly resource: ResourcePath
}

async function answerResource(serving: Serving, asked: ResourceRequest): Promise<void> {
  const { resource, verb, response } = asked
  const target = targetOf(resource)
  const faults = serving.faults?.meet(verb, target.type.plural) ?? []
  if (faults.length > 0 && !(await playFaults(faults, target, response, serving.wallClock))) return
  const exchange: Exchange = { ...asked, target, faults }
  requireVerb(exchange)
  if (await handleAction(serving, exchange)) return
  await handlers[verb](serving, exchange)
}

/** Throws 405 for a verb that is not served at this place. */
function requireVerb({ target, verb }: Exchange): void {
  const { type, subresource, namespace, name } = target
  if (!(subresource ?? type).verbs.includes(verb)) throw methodNotAllowed()
  if (name === undefined && (verb === 'update' || verb === 'patch')) throw methodNotAllowed()
  if (name !== undefined && !subresource && verb === 'create') throw methodNotAllowed()
  const needsNamespace = verb === 'create' || verb === 'deletecollection'
  if (type.namespaced && namespace === undefined && needsNamespace) throw methodNotAllowed()
}

type Handler = (serving: Serving, exchange: Exchange) => void | Promise<void>

const handlers: Readonly<Record<Exchange['verb'], Handler>> = {
  get: handleGet,
  list: handleList,
  watch: handleWatch,
  create: handleCreate,
  update: handleUpdate,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDeleteCollection,
}
