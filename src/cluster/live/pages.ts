import { KdsError } from '#base/errors.ts'
import type { JsonObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { itemOf, listOf, unreadable } from '../answers.ts'
import type { FailedCall } from '../api-error.ts'
import type { List, ListOptions } from '../port.ts'
import type { Resource } from '../resources.ts'
import { isKnown, type Message, messageOf, wantsMetadataAlone } from './protobuf/fields.ts'
import { ListReader, protobufType } from './protobuf/list-reader.ts'
import type { Answer } from './wire.ts'

const json = 'application/json'
const as = (kind: string) => `as=${kind};g=meta.k8s.io;v=v1`

/** How a list is asked for, and what its items are read by where it comes in protobuf. */
export interface Form {
  readonly accept: string | undefined
  readonly item?: Message
  /** Of each item its metadata alone. */
  readonly metadataAlone?: true
}

/**
 * The forms in which a server may send a list, the best first. Where it is known what is looked at, protobuf: a third of the
 * bytes, and what nobody looks at is stepped over. Metadata alone where nothing else is looked at. JSON from a server that
 * knows nothing better.
 */
export function formOf({ asTable, kind }: Resource, fields: string | undefined): Form {
  if (asTable) return { accept: `${json};${as('Table')}, ${json}` }
  if (fields === undefined) return { accept: undefined }
  if (wantsMetadataAlone(fields)) {
    const partial = as('PartialObjectMetadataList')
    const accept = `${protobufType};${partial}, ${json};${partial}, ${json}`
    return { accept, item: messageOf('PartialObjectMetadata', fields), metadataAlone: true }
  }
  return isKnown(kind)
    ? { accept: `${protobufType}, ${json}`, item: messageOf(kind, fields) }
    : { accept: undefined }
}

export interface Page<U> {
  readonly items: readonly U[]
  readonly resourceVersion: string
  /** Asks for the rest; empty at the end. */
  readonly token: string
}

export interface Reading<T, U> extends Form {
  readonly keep: (object: T) => U
  /** Told the token of the page behind this one as soon as it is known: before the items, in protobuf. */
  readonly ahead: (token: string) => void
}

/** Reads one page of a list in whichever form the server chose. @throws ApiError for what is no such list */
export async function readPage<T extends KubeObject, U>(
  answer: Answer,
  resource: Resource<T>,
  call: FailedCall,
  { ahead, item, keep, metadataAlone }: Reading<T, U>,
): Promise<Page<U>> {
  if (item === undefined || !isProtobuf(answer)) {
    const list = listOf(resource, await jsonOf(answer, call), call, metadataAlone)
    ahead(list.token)
    return { ...list, items: list.items.map(keep) }
  }
  const items: U[] = []
  let list: Page<T> | undefined
  const reader = new ListReader(item, {
    listed(head, metadata) {
      list = listOf(resource, { ...head, metadata }, call, metadataAlone)
      ahead(list.token)
    },
    found: (object) => items.push(keep(itemOf(resource, object, call))),
  })
  const instead = await readAll(answer, reader, call)
  if (instead || !list) list = listOf(resource, instead, call)
  return { ...(list as Page<T>), items }
}

/** The body of an answer that is JSON. @throws ApiError for any other */
export async function jsonOf(answer: Answer, call: FailedCall): Promise<unknown> {
  const text = await answer.text()
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable('JSON', call, error)
  }
}

/** The text of a refusal, as JSON where it came in protobuf. */
export async function refusalText(answer: Answer, call: FailedCall): Promise<string> {
  if (!isProtobuf(answer)) return answer.text()
  const none = () => {}
  return JSON.stringify(await readAll(answer, new ListReader([], { listed: none, found: none }), call))
}

const isProtobuf = ({ headers }: Answer) => headers['content-type']?.startsWith(protobufType) === true

/** Lets a reader have all of an answer. What came instead of a list is answered. */
async function readAll(
  { body }: Answer,
  reader: ListReader,
  call: FailedCall,
): Promise<JsonObject | undefined> {
  try {
    for await (const chunk of body) reader.push(chunk)
    return reader.end()
  } catch (error) {
    throw error instanceof KdsError ? error : unreadable('protobuf', call, error)
  }
}

/** Asks for the page of a token, the empty one being the first's; `ahead` is for `Reading`. */
type AskPage<U> = (
  token: string,
  signal: AbortSignal,
  ahead: Reading<unknown, U>['ahead'],
) => Promise<Page<U>>

/**
 * A list page after page. The page behind the one that is awaited is asked for as soon as that one has told its token, and read
 * while it comes; none further on, so that a server has two requests of a list at a time.
 */
export async function allPages<U>(
  { progress, signal }: Pick<ListOptions<unknown, U>, 'progress' | 'signal'>,
  askPage: AskPage<U>,
): Promise<List<U>> {
  const over = new AbortController()
  const within = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  const items: U[] = []
  let next: Promise<Page<U>> | undefined
  /** The token that a page has told before its turn. */
  let told: string | undefined
  const ask = (token: string): Promise<Page<U>> => {
    const page: Promise<Page<U>> = askPage(token, within, (behind) => {
      if (page === awaited) askNext(behind)
      else told = behind
    })
    // Whoever waits for it learns of its failure.
    page.catch(() => {})
    return page
  }
  const askNext = (token: string) => {
    if (token !== '') next ??= ask(token)
  }
  let awaited = ask('')
  try {
    for (;;) {
      const page = await awaited
      for (const item of page.items) items.push(item)
      progress?.(items.length)
      if (page.token === '') return { items, resourceVersion: page.resourceVersion }
      awaited = next ?? ask(page.token)
      next = undefined
      if (told !== undefined) askNext(told)
      told = undefined
    }
  } catch (error) {
    over.abort(error)
    throw error
  }
}
