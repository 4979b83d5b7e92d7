import type { ServerResponse } from 'node:http'
import { goJson } from '#kube/go-text.ts'
import type { Json } from '#kube/types.ts'
import { toYaml } from '#yaml/emit.ts'
import type { Status, StatusError } from '../api/status-errors.ts'
import { prefersYaml, yamlType } from './media-type.ts'

/** A `Warning` header's value, one a text; what a header cannot carry is left out. */
function warningHeaders(warnings: readonly string[]): string[] {
  return warnings.map((warning) => {
    const text = warning.replace(/[^\x20-\x7e]+/g, ' ').replace(/[\\"]/g, '\\$&')
    return `299 - "${text}"`
  })
}

/** Sends JSON in one piece, or YAML where the client would rather have that and the type is not a given one. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: object,
  options: {
    readonly warnings?: readonly string[]
    readonly contentType?: string
    readonly encode?: (value: object) => string
  } = {},
): void {
  const text = (options.encode ?? goJson)(body)
  const inYaml = options.contentType === undefined && prefersYaml(response.req.headers.accept)
  const bytes = Buffer.from(inYaml ? toYaml(JSON.parse(text) as Json) : `${text}\n`)
  response.setHeader('content-type', options.contentType ?? (inYaml ? yamlType : 'application/json'))
  response.setHeader('content-length', bytes.length)
  response.setHeader('cache-control', 'no-cache, private')
  const warnings = warningHeaders([...new Set(options.warnings ?? [])])
  if (warnings.length > 0) response.setHeader('warning', warnings)
  response.writeHead(code)
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

export function sendBytes(response: ServerResponse, code: number, bytes: Buffer, contentType: string): void {
  response.writeHead(code, { 'content-type': contentType, 'content-length': bytes.length })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

export const sendText = (response: ServerResponse, code: number, text: string): void =>
  sendBytes(response, code, Buffer.from(text), 'text/plain; charset=utf-8')

/** Sends a refusal. What the client still sends is not read, so the connection ends with the answer where it must. */
export function sendStatus(response: ServerResponse, error: StatusError): void {
  const { status, code } = error
  const retryAfter = status.details?.retryAfterSeconds
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
  if (code === 413) response.setHeader('connection', 'close')
  sendJson(response, code, status, { warnings: error.warnings })
}

/** A Status as the bytes of a whole HTTP answer, for requests that are broken before they are requests. */
export function rawAnswer(code: number, phrase: string, status: Status): string {
  const body = `${JSON.stringify(status)}\n`
  return `HTTP/1.1 ${code} ${phrase}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
}
