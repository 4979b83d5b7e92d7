import type { IncomingMessage } from 'node:http'
import { KdsError } from '#base/errors.ts'
import { isObject } from '#base/json.ts'
import { goJsonSyntaxError } from '#kube/go-json-syntax.ts'
import { goKind } from '#kube/go-text.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'
import { badRequest, tooLarge, unsupportedBody } from '../api/status-errors.ts'
import { mediaRanges, yamlType } from './media-type.ts'
import { parseProtobuf, protobufType, readsProtobuf } from './protobuf.ts'

/** A real server takes 3 MiB. */
export const bodyLimit = 3 * 1024 * 1024

/** The bytes of a request. Throws 413 as soon as they are too many; what is left of them is not read. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const refuse = (error: Error) => {
      request.removeAllListeners('data')
      request.pause()
      reject(error)
    }
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) {
      refuse(tooLarge(bodyLimit))
      return
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > bodyLimit) refuse(tooLarge(bodyLimit))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('aborted', () => reject(badRequest('the request was cut off')))
  })
}

/** The media type of a body, JSON where none is named. */
export const contentTypeOf = (request: IncomingMessage): string =>
  mediaRanges(request.headers['content-type'] ?? '')[0]?.type ?? 'application/json'

/** JSON, or what `refuse` makes of Go's words for the first fault. */
function parsed(text: string, refuse: (fault: string) => Error): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw refuse(goJsonSyntaxError(text) ?? '')
  }
}

/** Any JSON document. Throws 400 when it is none. */
export function parseJson(body: Buffer): Json {
  return parsed(body.toString('utf8'), (fault) => badRequest(`error decoding patch: ${fault}`))
}

const maxDepth = 500

function tooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth > maxDepth) return true
  return Object.values(value).some((part) => tooDeep(part, depth + 1))
}

/** The first document of a text in YAML, of which JSON is a part. Throws 400 for what is none. */
async function parseYamlText(text: string, refuse: (fault: string) => Error): Promise<Json> {
  try {
    return JSON.parse(text) as Json
  } catch {
    try {
      return (await parseYaml(new SourceText('body', text))).documents[0]?.value ?? null
    } catch (error) {
      if (error instanceof KdsError) throw refuse(error.message)
      throw error
    }
  }
}

/** The object in the body of an apply patch, in YAML. */
export async function parseApplyPatch(body: Buffer): Promise<JsonObject> {
  const refuse = (fault: string) => badRequest(`error decoding YAML: ${fault}`)
  const value = await parseYamlText(body.toString('utf8'), refuse)
  if (tooDeep(value)) throw badRequest('exceeded max depth')
  if (isObject(value)) return value
  throw refuse(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`,
  )
}

/** The object in a body of a kind. Throws 415 or 400, in the server's words. */
export async function parseObject(request: IncomingMessage, body: Buffer, kind: string): Promise<JsonObject> {
  const contentType = contentTypeOf(request)
  if (contentType === protobufType && readsProtobuf(kind)) return parseProtobuf(body)
  if (contentType === 'application/json') return parseJsonObject(body.toString('utf8'), kind, body)
  if (contentType !== yamlType) throw unsupportedBody(['application/json', yamlType, protobufType])
  const value = await parseYamlText(body.toString('utf8'), (fault) =>
    unrecognized(kind, `yaml: ${fault}`, body),
  )
  return parseJsonObject(JSON.stringify(value), kind, body)
}

/** What the server shows of a body in a refusal: its first bytes, as hexadecimal digits where it is no JSON object. */
function shownOf(body: Buffer): string {
  const start = body.subarray(0, 30)
  const shown = start.toString(body[0] === 0x7b ? 'utf8' : 'hex') || '<empty>'
  return start.length < body.length ? `${shown} ...` : shown
}

const unrecognized = (kind: string, why: string, body: Buffer) =>
  badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${shownOf(body)})`)

function parseJsonObject(text: string, kind: string, body: Buffer): JsonObject {
  const fault = (why: string) =>
    unrecognized(kind, `couldn't get version/kind; json parse error: ${why}`, body)
  const unfit = (value: Json, into: string) =>
    fault(`json: cannot unmarshal ${goKind(value)} into Go ${into}`)
  const value = parsed(text, fault) ?? {}
  if (!isObject(value))
    throw unfit(
      value,
      'value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    )
  if (tooDeep(value)) throw badRequest('exceeded max depth')
  for (const field of ['kind', 'apiVersion'] as const) {
    const given = value[field] ?? ''
    if (typeof given !== 'string') throw unfit(given, `struct field .${field} of type string`)
  }
  const { apiVersion } = value
  if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2)
    throw unrecognized(kind, `unexpected GroupVersion string: ${apiVersion}`, body)
  return value
}
