import { Agent, request as httpsRequest } from 'node:https'
import type { Sandbox } from '#sandbox/sandbox.ts'

export { until, whileMoving } from './while-moving.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body as JSON; undefined if it is none. */
  readonly body: unknown
}

export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown
  readonly contentType?: string
  /** In place of the connections that all tests share. */
  readonly agent?: Agent
}

/** Connections are kept: a handshake costs more than most requests. */
const agents = new WeakMap<Sandbox, Agent>()

function agentOf(sandbox: Sandbox): Agent {
  const known = agents.get(sandbox)
  if (known) return known
  const agent = new Agent({ keepAlive: true })
  agents.set(sandbox, agent)
  return agent
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One request to a sandbox, with its token unless a header says otherwise. */
export function ask(
  sandbox: Sandbox,
  { method = 'GET', path, headers = {}, body, contentType, agent }: Ask,
): Promise<Answer> {
  const bytes = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port: sandbox.port,
        ca: sandbox.caPem,
        method,
        path,
        agent: agent ?? agentOf(sandbox),
        headers: {
          authorization: `Bearer ${sandbox.token}`,
          ...(bytes === undefined
            ? {}
            : {
                'content-type': contentType ?? 'application/json',
                'content-length': String(Buffer.byteLength(bytes)),
              }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) })
        })
      },
    )
    request.on('error', reject)
    request.end(bytes)
  })
}
