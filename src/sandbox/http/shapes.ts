import { goJson, goMapJson } from '#kube/go-text.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import type { Page } from '../api/list.ts'
import { withMadeManagers } from '../api/made-managers.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { groupVersionOf } from '../api/resource-type.ts'
import { badRequest } from '../api/status-errors.ts'
import type { StoredObject } from '../store/objects.ts'
import type { WatchEvent } from '../store/watch.ts'
import { type IncludeObject, partialMetadata, table } from '../tables/table.ts'
import type { Shape } from './media-type.ts'
import { eventsInProtobuf } from './write-protobuf.ts'

/** How a resource's objects become text. */
export const encoderOf = (type: ResourceType): ((value: object) => string) =>
  type.exactBytes ? (value) => goMapJson(value as Json) : goJson

/** How a request wants objects shown. */
export interface Showing {
  readonly type: ResourceType
  readonly shape: Shape
  readonly include: IncludeObject
  readonly now: () => number
}

/** `?includeObject=`: how much of each object goes with a row. */
export function includeOf(query: URLSearchParams): IncludeObject {
  const text = query.get('includeObject') || 'Metadata'
  if (text !== 'None' && text !== 'Metadata' && text !== 'Object')
    throw badRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`)
  return text
}

const inView = (type: ResourceType, object: StoredObject): StoredObject =>
  withMadeManagers(type, type.view ? type.view.fromStorage(object) : object)

/** One object in the shape asked for. */
export function shownObject(showing: Showing, stored: StoredObject): object {
  const { type, shape } = showing
  const object = inView(type, stored)
  if (shape === 'PartialObjectMetadata') return partialMetadata(object, type.hiddenAnnotations)
  if (shape === 'plain') return object
  return tableOf(showing, [stored], { resourceVersion: object.metadata.resourceVersion })
}

const tableOf = (
  { type, include, now }: Showing,
  objects: readonly StoredObject[],
  metadata: object,
  definitions = true,
) =>
  table(type.columns, objects, { metadata, include, now: now(), definitions, hidden: type.hiddenAnnotations })

/** A page in the shape asked for. Items of a plain list say neither kind nor version: the list does. */
export function shownList(showing: Showing, { items, metadata }: Page): object {
  const { type, shape } = showing
  if (shape === 'Table') return tableOf(showing, items, metadata)
  if (shape === 'PartialObjectMetadata')
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: items.map((item) => partialMetadata(item, type.hiddenAnnotations)),
    }
  return {
    kind: `${type.kind}List`,
    apiVersion: groupVersionOf(type),
    metadata,
    items: items.map((item) => {
      const { apiVersion: _version, kind: _kind, ...rest } = inView(type, item)
      return rest
    }),
  }
}

const initialEnd = { 'k8s.io/initial-events-end': 'true' }

/** Writes the events of one watch: in lines of JSON, or in protobuf where the struct of its objects is given. */
export class WatchWriter {
  readonly #showing: Showing
  readonly #struct: string | undefined
  #first = true

  constructor(showing: Showing, struct?: string) {
    this.#showing = showing
    this.#struct = struct
  }

  written(events: readonly WatchEvent[]): string | Buffer {
    const lines = events.map((event) => this.#line(event))
    const struct = this.#struct
    return struct === undefined
      ? lines.map((line) => `${encoderOf(this.#showing.type)(line)}\n`).join('')
      : eventsInProtobuf(struct, lines as readonly { readonly type: string; readonly object: JsonObject }[])
  }

  #line(event: WatchEvent): { readonly type: string; readonly object: object } {
    if (event.type === 'ERROR') return { type: 'ERROR', object: event.status }
    const definitions = this.#first
    this.#first = false
    if (event.type === 'BOOKMARK') return { type: 'BOOKMARK', object: this.#bookmark(event) }
    if (this.#showing.shape !== 'Table')
      return { type: event.type, object: shownObject(this.#showing, event.object) }
    const metadata = { resourceVersion: event.object.metadata.resourceVersion }
    return { type: event.type, object: tableOf(this.#showing, [event.object], metadata, definitions) }
  }

  #bookmark({ version, initialEventsEnd }: Extract<WatchEvent, { type: 'BOOKMARK' }>): object {
    const { type, shape } = this.#showing
    const metadata = {
      resourceVersion: String(version),
      ...(initialEventsEnd ? { annotations: initialEnd } : {}),
    }
    if (shape === 'Table') return tableOf(this.#showing, [], metadata)
    const kind =
      shape === 'plain'
        ? { kind: type.kind, apiVersion: groupVersionOf(type) }
        : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
    return { ...kind, metadata: { ...metadata, creationTimestamp: null } }
  }
}
