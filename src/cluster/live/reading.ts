import { KdsError } from '#base/errors.ts'
import { readJson } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { listOf, redirected, refusal, typedItem, typeOf, unreadable } from '../answers.ts'
import { errorOfAnswer, type FailedCall } from '../api-error.ts'
import type { Resource } from '../resources.ts'
import { ConnectionError } from './connection-errors.ts'
import type { Page } from './pages.ts'
import { isKnown, type Message, messageOf, wantsMetadataAlone } from './protobuf/fields.ts'
import { ListReader, protobufType } from './protobuf/list-reader.ts'
import { Reader } from './protobuf/reader.ts'
import { WatchReader } from './protobuf/watch-reader.ts'
import type { Answer } from './wire.ts'

const json = 'application/json'
const as = (type: string, kind: string) => `${type};as=${kind};g=meta.k8s.io;v=v1`

/** The metadata of an object, and the object itself from a server that cannot give it alone. */
export const metadataType = `${as(json, 'PartialObjectMetadata')}, ${json}`

/** How a list is asked for, and what its items, or of each its metadata alone, are read by where it comes in protobuf. */
type Form = { accept?: string; item?: Message; metadataAlone?: true }

/**
 * The forms in which a server may send a list, the best first. Where it is known what is looked at, protobuf: a third of the
 * bytes, and what nobody looks at is stepped over. Metadata alone where nothing else is looked at. JSON from a server that
 * knows nothing better.
 */
export function formOf({ asTable, kind }: Resource, fields: string | undefined): Form {
  if (asTable) return { accept: `${as(json, 'Table')}, ${json}` }
  if (fields === undefined) return {}
  if (wantsMetadataAlone(fields)) {
    const alone = (type: string) => as(type, 'PartialObjectMetadataList')
    const accept = `${alone(protobufType)}, ${alone(json)}, ${json}`
    return { accept, item: messageOf('PartialObjectMetadata', fields), metadataAlone: true }
  }
  return isKnown(kind) ? { accept: `${protobufType}, ${json}`, item: messageOf(kind, fields) } : {}
}

type Reading<T, U> = Form & { keep: (object: T) => U; ahead: (token: string) => void }

/** Reads one page of a list in whichever form the server chose. `ahead` is as of `AskPage`. @throws ApiError for what is no such list */
export async function readPage<T extends KubeObject, U>(
  answer: Answer,
  resource: Resource<T>,
  call: FailedCall,
  { ahead, item, keep, metadataAlone }: Reading<T, U>,
): Promise<Page<U>> {
  if (item === undefined || !isProtobuf(answer)) {
    const list = listOf(resource, await jsonOf(answer, call), call, metadataAlone)
    return { ...list, items: list.items.map(keep) }
  }
  const items: U[] = []
  let list: Page<T> | undefined
  const reader = new ListReader(item, typeOf(resource), {
    listed(head, metadata) {
      list = listOf(resource, { ...head, metadata }, call, metadataAlone)
      ahead(list.token)
    },
    found: (object) => items.push(keep(typedItem(resource, object, call))),
  })
  const instead = await readAll(answer, reader, call)
  if (instead || !list) list = listOf(resource, instead, call)
  return { ...(list as Page<T>), items }
}

/** The body of an answer that is JSON. @throws ApiError for any other */
export async function jsonOf(answer: Answer, call: FailedCall): Promise<unknown> {
  const text = await textOf(answer)
  return tried('JSON', call, () => JSON.parse(text))
}

/** Lets an answer pass that may hold what was asked for. @throws ApiError for a refusal, and for a redirect */
export async function accepted(answer: Answer, call: FailedCall): Promise<Answer> {
  const { headers, status } = answer
  if (status < 300) return answer
  const none = () => {}
  const reader = new ListReader([], { apiVersion: '', kind: '' }, { listed: none, found: none })
  const text = isProtobuf(answer) ? JSON.stringify(await readAll(answer, reader, call)) : await textOf(answer)
  if (status < 400) throw redirected(status, headers.location, call)
  throw refusal(errorOfAnswer(status, text, call), headers['retry-after'])
}

/** What came together of a watch. */
export interface Told {
  /** Undefined for what is no event. To be read before the next is asked for. */
  readonly events: Iterable<unknown>
  /** Each field is of the type that it should be of, because protobuf has no other. */
  readonly typed: boolean
}

/** As much of an object as tells it from others and from what it was. */
const names = 'metadata { name namespace uid resourceVersion }'

/**
 * What a watch's answer tells as it comes; a break is an end like any other.
 *
 * @param late In protobuf only names are read.
 */
export async function* eventsIn(
  answer: Answer,
  { kind }: Resource,
  item: Message | undefined,
  late: boolean,
): AsyncGenerator<Told> {
  const typed = item !== undefined && isProtobuf(answer)
  const reader = typed ? new WatchReader(late ? messageOf(kind, names) : item, late) : new LineReader()
  try {
    for await (const chunk of answer.body) yield { events: reader.push(chunk), typed }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
  }
}

/** The object of bytes that {@link eventsIn} left unread. @throws ApiError for bytes that are none */
export function readLate<T extends KubeObject>(bytes: Uint8Array, resource: Resource<T>, item: Message): T {
  const call = { verb: 'watch', resource: resource.plural, name: '' }
  const { buffer, byteOffset, length } = bytes
  const reader = new Reader(Buffer.from(buffer, byteOffset, length))
  return typedItem(
    resource,
    tried('protobuf', call, () => reader.message(item, length, typeOf(resource))),
    call,
  )
}

/** Reads lines of JSON as they come. */
class LineReader {
  readonly #decoder = new TextDecoder()
  #rest: string[] = []

  /** What the lines say whose end has come; undefined for one that is no JSON. */
  push(chunk: Uint8Array): unknown[] {
    const [first = '', ...parts] = this.#decoder.decode(chunk, { stream: true }).split('\n')
    this.#rest.push(first)
    const lines = parts.map((part) => {
      const line = this.#rest.join('')
      this.#rest = [part]
      return line
    })
    return lines.filter((line) => line.trim() !== '').map(readJson)
  }
}

async function textOf({ body }: Answer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const isProtobuf = ({ headers }: Answer) => headers['content-type']?.startsWith(protobufType) === true

/** Lets a reader have all of an answer. What came instead of a list is answered. */
async function readAll({ body }: Answer, reader: ListReader, call: FailedCall) {
  for await (const chunk of body) tried('protobuf', call, () => reader.push(chunk))
  return tried('protobuf', call, () => reader.end())
}

/** What can be read. @throws ApiError for what is not in its language */
function tried<T>(language: string, call: FailedCall, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof KdsError ? error : unreadable(language, call, error)
  }
}
