import { allowedBy, grantedTo, isMaster, type User } from '#apiserver/authorization/rbac.ts'
import { isObject } from '#base/json.ts'
import { objectIn, objectOrNone, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import { badRequest, conflict, methodNotAllowed, type Status } from '../api/status-errors.ts'
import type { StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { sendJson } from './answer.ts'
import { parseObject, readBody } from './body.ts'
import { deleteOptionsOf } from './delete-options.ts'
import { budgetAfterEviction } from './eviction.ts'
import type { Exchange, Serving } from './exchange.ts'
import { writeOptionsOf } from './query.ts'
import { grantsOf } from './users.ts'

const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }

/** Throws 400 for a body that is about another pod than its path. */
function requireNameOfPath(name: string | undefined, body: JsonObject, kind: string): void {
  if (stringIn(objectIn(body, 'metadata'), 'name') !== name)
    throw badRequest(`name in URL does not match name in ${kind} object`)
}

/** POST `/pods/NAME/binding`: what a scheduler does. */
async function bind(serving: Serving, { request, response, target, query }: Exchange): Promise<void> {
  const body = await parseObject(request, await readBody(request), 'Binding')
  requireNameOfPath(target.name, body, 'Binding')
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

/** POST `/pods/NAME/eviction`: a deletion that asks the pod's PodDisruptionBudget first. */
async function evict(serving: Serving, { request, response, target, query }: Exchange): Promise<void> {
  const body = await parseObject(request, await readBody(request), 'Eviction')
  requireNameOfPath(target.name, body, 'Eviction')
  const options = deleteOptionsOf(objectIn(body, 'deleteOptions'), query)
  const { registry } = serving
  const { namespace, name = '' } = target
  const pod = registry.get(types.pods, namespace, name) as StoredPod
  const budget = budgetAfterEviction(registry.store, pod, timestamp(serving.clock.now()))
  if (budget && !options.dryRun)
    registry.write(types.podDisruptionBudgets, budget, { manager: 'kube-apiserver', status: true })
  registry.delete(types.pods, namespace, name, options)
  sendJson(response, 201, { ...success, code: 201 })
}

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}

function accessReview({ registry }: Serving, user: User, spec: JsonObject): JsonObject {
  const path = objectOrNone(spec, 'nonResourceAttributes')
  const asked = objectIn(spec, 'resourceAttributes')
  const [verb, name] = [stringIn(path ?? asked, 'verb'), stringIn(asked, 'name')]
  const subresource = stringIn(asked, 'subresource')
  const resource = `${stringIn(asked, 'resource')}${subresource ? `/${subresource}` : ''}`
  const place = { group: stringIn(asked, 'group'), resource, name, namespace: stringIn(asked, 'namespace') }
  const reason = allowedBy(
    user,
    path ? { verb, path: stringIn(path, 'path') } : { verb, ...place },
    grantsOf(registry.store),
  )
  return { allowed: reason !== undefined, ...(reason ? { reason } : {}) }
}

function rulesReview({ registry }: Serving, user: User, spec: JsonObject): JsonObject {
  if (isMaster(user)) return everything
  const rules = grantedTo(user, stringIn(spec, 'namespace'), grantsOf(registry.store)).flatMap(
    (one) => one.rules,
  )
  const isPath = (rule: JsonObject) => rule.nonResourceURLs !== undefined
  return {
    resourceRules: rules.filter((rule) => !isPath(rule)),
    nonResourceRules: rules.filter(isPath),
    incomplete: false,
  }
}

type Review = (serving: Serving, user: User, spec: JsonObject) => JsonObject

/** What the server answers when asked who someone is and what they may do. */
const reviews: Readonly<Record<string, Review>> = {
  SelfSubjectAccessReview: accessReview,
  SelfSubjectRulesReview: rulesReview,
  SelfSubjectReview: (_serving, { username, groups }) => ({ userInfo: { username, groups: [...groups] } }),
}

async function review(serving: Serving, exchange: Exchange, answer: Review): Promise<void> {
  const { request, response, target, user } = exchange
  const body = await parseObject(request, await readBody(request), target.type.kind)
  const { group, version, kind } = target.type
  sendJson(response, 201, {
    kind,
    apiVersion: `${group}/${version}`,
    metadata: isObject(body.metadata) ? body.metadata : {},
    spec: body.spec ?? {},
    status: answer(serving, user, objectIn(body, 'spec')),
  })
}

/** POST to something that is no object: true if the request was one. */
export async function handleAction(serving: Serving, exchange: Exchange): Promise<boolean> {
  const { target, verb } = exchange
  const answer = reviews[target.type.kind]
  if (answer && verb === 'create') await review(serving, exchange, answer)
  else if (target.subresource === undefined || verb !== 'create') return false
  else if (target.subresource.name === 'binding') await bind(serving, exchange)
  else if (target.subresource.name === 'eviction') await evict(serving, exchange)
  else throw methodNotAllowed()
  return true
}
