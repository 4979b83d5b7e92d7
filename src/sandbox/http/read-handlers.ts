import type { JsonObject } from '#base/json.ts'
import { listPage } from '../api/list.ts'
import { structOf } from '../api/resource-type.ts'
import { methodNotAllowed, notAcceptable, tooOld, versionTooLarge } from '../api/status-errors.ts'
import { sendBytes, sendJson } from './answer.ts'
import type { Exchange, Serving } from './exchange.ts'
import { negotiate, negotiateProtobuf, prefersYaml } from './media-type.ts'
import { protobufType, readsProtobuf } from './protobuf.ts'
import { checkListOptions, integerOf, selectionOf, versionOf } from './query.ts'
import { encoderOf, includeOf, type Showing, shownList, shownObject, WatchWriter } from './shapes.ts'
import { listInProtobuf } from './write-protobuf.ts'

export function showingOf(serving: Serving, { target, request, query }: Exchange): Showing {
  return {
    type: target.type,
    shape: negotiate(request.headers.accept, ['plain', 'Table', 'PartialObjectMetadata']),
    include: includeOf(query),
    now: () => serving.clock.now(),
  }
}

/** GET of one object, or of its status, which shows the whole. */
export function handleGet(serving: Serving, exchange: Exchange): void {
  const { target, response, query } = exchange
  const version = versionOf(query)
  const { store } = serving.registry
  if (version !== undefined && version > store.version) throw versionTooLarge(version, store.version)
  const object = serving.registry.get(target.type, target.namespace, target.name ?? '')
  sendJson(response, 200, shownObject(showingOf(serving, exchange), object), {
    encode: encoderOf(target.type),
  })
}

/** The shape in which protobuf is wanted; undefined: it is not wanted, or there is none of this struct. */
const protobufShape = (struct: string, accept: string | undefined) =>
  readsProtobuf(struct) ? negotiateProtobuf(accept) : undefined

export function handleList(serving: Serving, exchange: Exchange): void {
  const { target, request, response, query } = exchange
  const { type } = target
  checkListOptions(query, false)
  const struct = structOf(type)
  const inProtobuf = protobufShape(struct, request.headers.accept)
  const showing = showingOf(serving, exchange)
  const selection = selectionOf(type, query, { namespace: target.namespace, name: undefined })
  const continueToken = query.get('continue') ?? ''
  const page = listPage(serving.registry.collection(type), {
    ...selection,
    limit: integerOf(query, 'limit') ?? 0,
    continueToken,
    version: continueToken ? undefined : versionOf(query),
    versionMatch: continueToken ? '' : (query.get('resourceVersionMatch') ?? ''),
  })
  if (inProtobuf) {
    const list = shownList({ ...showing, shape: inProtobuf }, page) as JsonObject
    sendBytes(response, 200, listInProtobuf(struct, list), protobufType)
  } else sendJson(response, 200, shownList(showing, page), { encode: encoderOf(type) })
}

const halfAnHour = 1_800_000

/** GET with `watch`: the changes of a resource, or of one object, as they come. */
export function handleWatch(serving: Serving, exchange: Exchange): void {
  const { target, request, response, query, faults } = exchange
  const { type } = target
  if (target.subresource) throw methodNotAllowed()
  checkListOptions(query, true)
  if (prefersYaml(request.headers.accept)) throw notAcceptable(['application/json;stream=watch'])
  const struct = structOf(type)
  const inProtobuf = protobufShape(struct, request.headers.accept)
  const showing = showingOf(serving, exchange)
  const writer = inProtobuf
    ? new WatchWriter({ ...showing, shape: inProtobuf }, struct)
    : new WatchWriter(showing)
  const { matches } = selectionOf(type, query, target)
  const sendInitial = query.get('sendInitialEvents') === 'true'
  const version = versionOf(query, true)
  const fromStart = sendInitial || version === undefined || version === 0
  const seconds = integerOf(query, 'timeoutSeconds')
  const cut = faults.find((fault) => fault.kind === 'watch-cut')
  const expired = faults.some((fault) => fault.kind === 'watch-expired')
  const contentType = inProtobuf ? `${protobufType};stream=watch` : 'application/json'
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  const watch = serving.hub.open(
    {
      collection: serving.registry.collection(type),
      after: expired ? -1 : fromStart ? undefined : version,
      markInitialEnd: sendInitial,
      bookmarks: ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? ''),
      timeout: seconds === undefined || seconds <= 0 ? halfAnHour : seconds * 1000,
      matches,
      tooOld: (asked, oldest) => tooOld(asked < 0 ? (version ?? 0) : asked, oldest).status,
    },
    { send: (events) => response.write(writer.written(events)), end: () => response.end() },
  )
  response.on('drain', () => watch.resume())
  response.on('close', () => watch.close())
  if (cut) serving.wallClock.schedule(cut.milliseconds ?? 0, () => response.destroy())
}
