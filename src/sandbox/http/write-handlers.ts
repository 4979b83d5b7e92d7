import type { JsonObject } from '#kube/types.ts'
import type { ResourceType, WriteOptions } from '../api/resource-type.ts'
import { deleted, invalidPatch } from '../api/status-errors.ts'
import type { StoredObject } from '../store/objects.ts'
import { sendJson } from './answer.ts'
import { contentTypeOf, parseApplyPatch, parseJson, parseObject, readBody } from './body.ts'
import { readDeleteOptions } from './delete-options.ts'
import type { Exchange, Serving } from './exchange.ts'
import { applyType, patched, patcherOf, patchText } from './patch.ts'
import { patchOptionsOf, selectionOf, writeOptionsOf } from './query.ts'
import { showingOf } from './read-handlers.ts'
import { shownList, shownObject } from './shapes.ts'
import { grantGuard } from './users.ts'

export async function handleCreate(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type } = target
  const showing = showingOf(serving, exchange)
  const body = await parseObject(request, await readBody(request), type.kind)
  const options = writeOptionsOf('CreateOptions', query, request.headers['user-agent'])
  const guarded = withGuard(serving, exchange, options)
  const { object, warnings } = serving.registry.create(type, target.namespace, body, guarded)
  sendJson(response, 201, shownObject(showing, object), { warnings })
}

/** What else the target and the user say of a write: only the status is written, or it grants rights. */
const withGuard = <T extends WriteOptions>(serving: Serving, exchange: Exchange, options: T): T => {
  const guard = grantGuard(serving.registry.store, exchange)
  const status = exchange.target.subresource?.name === 'status'
  return { ...options, ...(status ? { status } : {}), ...(guard ? { guard } : {}) }
}

export async function handleUpdate(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type, namespace, name = '' } = target
  const showing = showingOf(serving, exchange)
  const body = await parseObject(request, await readBody(request), type.kind)
  const options = { ...writeOptionsOf('UpdateOptions', query, request.headers['user-agent']), replaces: true }
  const change = target.subresource?.name === 'finalize' ? finalized(body) : () => body
  const { object, warnings } = serving.registry.update(
    type,
    namespace,
    name,
    change,
    withGuard(serving, exchange, options),
  )
  sendJson(response, 200, shownObject(showing, object), { warnings })
}

const finalized = (body: JsonObject) => (current: JsonObject) => ({ ...current, spec: body.spec ?? {} })

export async function handlePatch(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type, namespace, name = '' } = target
  const contentType = contentTypeOf(request)
  if (contentType === applyType) return handleApply(serving, exchange)
  const patcher = patcherOf(contentType)
  const showing = showingOf(serving, exchange)
  const patch = parseJson(await readBody(request))
  const options = patchOptionsOf(query, request.headers['user-agent'], false)
  let result: JsonObject = {}
  const { object, warnings } = serving.registry.update(
    type,
    namespace,
    name,
    (current) => {
      result = patched(patcher, current, patch, type.kind)
      return result
    },
    {
      ...withGuard(serving, exchange, options),
      refuse: (why) => invalidPatch(patchText(contentType, patch, result), why),
    },
  )
  sendJson(response, 200, shownObject(showing, object), { warnings })
}

/** Server-side apply. */
async function handleApply(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, target, query } = exchange
  const { type, namespace, name = '' } = target
  const showing = showingOf(serving, exchange)
  const config = await parseApplyPatch(await readBody(request))
  const options = patchOptionsOf(query, request.headers['user-agent'], true)
  const { object, warnings, created } = serving.registry.apply(type, namespace, name, config, {
    ...withGuard(serving, exchange, options),
    force: options.force,
  })
  sendJson(response, created ? 201 : 200, shownObject(showing, object), { warnings })
}

const preserved = ({ plural }: ResourceType) =>
  `child pods are preserved by default when ${plural} are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning`

export async function handleDelete(serving: Serving, exchange: Exchange): Promise<void> {
  const { response, target } = exchange
  const { type, namespace, name = '' } = target
  const showing = showingOf(serving, exchange)
  const options = await readDeleteOptions(exchange)
  const { object, done } = serving.registry.delete(type, namespace, name, options)
  const status = deleted(type, name, object.metadata.uid)
  const warnings = type.orphansByDefault && options.propagationPolicy === undefined ? [preserved(type)] : []
  sendJson(response, 200, done && !type.returnsDeleted ? status : shownObject(showing, object), { warnings })
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
