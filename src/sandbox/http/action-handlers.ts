import { isObject } from '#base/json.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import { conflict, methodNotAllowed, type Status } from '../api/status-errors.ts'
import { sendJson } from './answer.ts'
import { parseObject, readBody } from './body.ts'
import { deleteOptionsOf } from './delete-options.ts'
import type { Exchange, Serving } from './exchange.ts'
import { writeOptionsOf } from './query.ts'
import { sandboxUser } from './users.ts'

const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }

/** POST `/pods/NAME/binding`: what a scheduler does. */
async function bind(serving: Serving, { request, response, target, query }: Exchange): Promise<void> {
  const body = await parseObject(request, await readBody(request), 'Binding')
  const node = stringIn(objectIn(body, 'target'), 'name')
  const options = writeOptionsOf('CreateOptions', query, request.headers['user-agent'])
  const { namespace, name = '' } = target
  const pod = serving.registry.get(types.pods, namespace, name)
  const bound = stringIn(objectIn(pod as unknown as JsonObject, 'spec'), 'nodeName')
  if (bound)
    throw conflict(
      { group: '', plural: 'pods/binding' },
      name,
      `pod ${name} is already assigned to node "${bound}"`,
    )
  if (!options.dryRun)
    serving.registry.put(types.pods, { ...pod, spec: { ...(pod.spec as object), nodeName: node } })
  sendJson(response, 201, { ...success, code: 201 })
}

/** POST `/pods/NAME/eviction`: a deletion that asks first; here nothing stands in its way. */
async function evict(serving: Serving, { request, response, target, query }: Exchange): Promise<void> {
  const body = await parseObject(request, await readBody(request), 'Eviction')
  const options = deleteOptionsOf(objectIn(body, 'deleteOptions'), query)
  serving.registry.delete(types.pods, target.namespace, target.name ?? '', options)
  sendJson(response, 201, { ...success, code: 201 })
}

const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]

/** What the sandbox answers when asked who someone is and what they may do. */
const reviews: Readonly<Record<string, JsonObject>> = {
  SelfSubjectAccessReview: { allowed: true, reason: 'the sandbox allows everything' },
  SelfSubjectRulesReview: {
    resourceRules: everything,
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  },
  SelfSubjectReview: { userInfo: { username: sandboxUser.username, groups: [...sandboxUser.groups] } },
}

async function review({ request, response, target }: Exchange, status: JsonObject): Promise<void> {
  const body = await parseObject(request, await readBody(request), target.type.kind)
  const { group, version, kind } = target.type
  sendJson(response, 201, {
    kind,
    apiVersion: `${group}/${version}`,
    metadata: isObject(body.metadata) ? body.metadata : {},
    spec: body.spec ?? {},
    status,
  })
}

/** POST to something that is no object: true if the request was one. */
export async function handleAction(serving: Serving, exchange: Exchange): Promise<boolean> {
  const { target, verb } = exchange
  const answer = reviews[target.type.kind]
  if (answer && verb === 'create') await review(exchange, answer)
  else if (target.subresource === undefined || verb !== 'create') return false
  else if (target.subresource.name === 'binding') await bind(serving, exchange)
  else if (target.subresource.name === 'eviction') await evict(serving, exchange)
  else throw methodNotAllowed()
  return true
}
