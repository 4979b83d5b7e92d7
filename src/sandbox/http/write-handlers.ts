import { applyJsonPatch } from '#apiserver/patch/json-patch.ts'
import { applyMergePatch } from '#apiserver/patch/merge-patch.ts'
import { PatchError } from '#apiserver/patch/patch-error.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { isObject } from '#base/json.ts'
import { type FieldErrorType, supportedValues } from '#kube/field-error-text.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import type { DeleteOptions } from '../api/deletion.ts'
import type { WriteOptions } from '../api/resource-type.ts'
import {
  badRequest,
  deleted,
  invalidOption,
  StatusError,
  unsupportedMediaType,
} from '../api/status-errors.ts'
import type { StoredObject } from '../store/objects.ts'
import { sendJson } from './answer.ts'
import { contentTypeOf, parseJson, parseObject, readBody } from './body.ts'
import type { Exchange, Serving } from './exchange.ts'
import { integerOf, isDryRun, selectionOf, writeOptionsOf } from './query.ts'
import { showingOf } from './read-handlers.ts'
import { shownList, shownObject } from './shapes.ts'

export async function handleCreate(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type } = target
  const showing = showingOf(serving, exchange)
  const body = parseObject(request, await readBody(request), type.kind)
  const options = writeOptionsOf('CreateOptions', query, request.headers['user-agent'])
  const { object, warnings } = serving.registry.create(type, target.namespace, body, options)
  sendJson(response, 201, shownObject(showing, object), { warnings })
}

const withStatus = (options: WriteOptions, { target }: Exchange): WriteOptions =>
  target.subresource?.name === 'status' ? { ...options, status: true } : options

export async function handleUpdate(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type, namespace, name = '' } = target
  const showing = showingOf(serving, exchange)
  const body = parseObject(request, await readBody(request), type.kind)
  const options = writeOptionsOf('UpdateOptions', query, request.headers['user-agent'])
  const change = target.subresource?.name === 'finalize' ? finalized(body) : () => body
  const { object, warnings } = serving.registry.update(
    type,
    namespace,
    name,
    change,
    withStatus(options, exchange),
  )
  sendJson(response, 200, shownObject(showing, object), { warnings })
}

const finalized = (body: JsonObject) => (current: JsonObject) => ({ ...current, spec: body.spec ?? {} })

type Patcher = (current: JsonObject, patch: Json, kind: string) => Json

const patchers: Readonly<Record<string, Patcher>> = {
  'application/json-patch+json': (current, patch) => applyJsonPatch(current, patch),
  'application/merge-patch+json': (current, patch) => {
    if (!isObject(patch))
      throw badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}')
    return applyMergePatch(current, patch)
  },
  'application/strategic-merge-patch+json': applyStrategicPatch,
}

/** Applies a patch; a patch that cannot be applied becomes the server's answer to it. */
function patched(patcher: Patcher, current: JsonObject, patch: Json, kind: string): JsonObject {
  try {
    const result = patcher(current, patch, kind)
    if (isObject(result)) return result
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    throw new StatusError(error.code, error.reason, error.message, error.code === 422 ? {} : undefined)
  }
  throw badRequest(`the patched object is no ${kind}`)
}

export async function handlePatch(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type, namespace, name = '' } = target
  const patcher = patchers[contentTypeOf(request)]
  if (!patcher) throw unsupportedMediaType()
  const showing = showingOf(serving, exchange)
  const patch = parseJson(await readBody(request))
  const options = writeOptionsOf('PatchOptions', query, request.headers['user-agent'])
  const { object, warnings } = serving.registry.update(
    type,
    namespace,
    name,
    (current) => patched(patcher, current, patch, type.kind),
    withStatus(options, exchange),
  )
  sendJson(response, 200, shownObject(showing, object), { warnings })
}

const policies: readonly string[] = ['Foreground', 'Background', 'Orphan']

const refused = (type: FieldErrorType, field: string, badValue: unknown, detail: string) =>
  invalidOption('DeleteOptions', { type, field, badValue, detail })

/** DeleteOptions from a body, which may be missing, or else from the query. */
export function deleteOptionsOf(body: JsonObject, query: URLSearchParams): DeleteOptions {
  const policy = stringIn(body, 'propagationPolicy') || query.get('propagationPolicy') || ''
  const orphan =
    body.orphanDependents ?? (query.has('orphanDependents') ? query.get('orphanDependents') === 'true' : null)
  if (policy && !policies.includes(policy))
    throw refused('FieldValueNotSupported', 'propagationPolicy', policy, supportedValues(policies))
  if (policy && orphan !== null)
    throw refused(
      'FieldValueInvalid',
      'propagationPolicy',
      policy,
      'orphanDependents and deletionPropagation cannot be both set',
    )
  const grace = body.gracePeriodSeconds ?? integerOf(query, 'gracePeriodSeconds') ?? null
  if (grace !== null && (typeof grace !== 'number' || grace < 0))
    throw refused('FieldValueInvalid', 'gracePeriodSeconds', grace, 'must be greater than or equal to 0')
  const preconditions = objectIn(body, 'preconditions')
  const uid = stringIn(preconditions, 'uid')
  const resourceVersion = stringIn(preconditions, 'resourceVersion')
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun.map(String) : query.getAll('dryRun')
  const effective = policy || (orphan === true ? 'Orphan' : orphan === false ? 'Background' : '')
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: grace }),
    ...(uid || resourceVersion
      ? { preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } }
      : {}),
    ...(effective ? { propagationPolicy: effective as 'Orphan' } : {}),
    dryRun: isDryRun(dryRun, 'DeleteOptions'),
  }
}

async function readDeleteOptions({ request, query }: Exchange): Promise<DeleteOptions> {
  const bytes = await readBody(request)
  return deleteOptionsOf(bytes.length === 0 ? {} : parseObject(request, bytes, 'DeleteOptions'), query)
}

export async function handleDelete(serving: Serving, exchange: Exchange): Promise<void> {
  const { response, target } = exchange
  const { type, namespace, name = '' } = target
  const showing = showingOf(serving, exchange)
  const options = await readDeleteOptions(exchange)
  const { object, done } = serving.registry.delete(type, namespace, name, options)
  const status = deleted(type, name, object.metadata.uid)
  sendJson(response, 200, done && !type.returnsDeleted ? status : shownObject(showing, object))
}

export async function handleDeleteCollection(serving: Serving, exchange: Exchange): Promise<void> {
  const { response, target, query } = exchange
  const { type, namespace } = target
  const showing = showingOf(serving, exchange)
  const { matches } = selectionOf(type, query, { namespace, name: undefined })
  const options = await readDeleteOptions(exchange)
  const collection = serving.registry.collection(type)
  const items: StoredObject[] = []
  for (const key of [...collection.sortedKeys()]) {
    const object = collection.get(key)
    if (!object || !matches(object)) continue
    const { metadata } = object
    items.push(serving.registry.delete(type, metadata.namespace, metadata.name, options).object)
  }
  const metadata = { resourceVersion: String(serving.registry.store.version) }
  sendJson(response, 200, shownList(showing, { items, metadata }))
}
