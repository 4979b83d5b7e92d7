import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

export const fixture = (name: string) => new URL(`../fixtures/cluster/${name}`, import.meta.url).pathname

export type Script = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  readonly headersDistinct: NodeJS.Dict<string[]>
  readonly body: string
  readonly clientName: string
  /** Port of the client's end, which tells connections apart. */
  readonly connection: number
}

/** A server on loopback that answers each request with the next script, the last one again and again. */
export interface ScriptedServer {
  readonly url: string
  readonly seen: Seen[]
  close(): Promise<void>
}

export async function scriptedServer(scripts: readonly Script[], tls = false): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const script = scripts[Math.min(seen.length, scripts.length - 1)]
      const body = Buffer.concat(chunks).toString()
      const certificate = tls ? (request.socket as TLSSocket).getPeerCertificate() : undefined
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        headersDistinct: request.headersDistinct,
        body,
        clientName: String(certificate?.subject?.CN ?? ''),
        connection: request.socket.remotePort ?? 0,
      })
      script?.(request, response, body)
    })
  }
  const server = tls
    ? https.createServer(
        {
          key: readFileSync(fixture('server.key')),
          cert: readFileSync(fixture('server.crt')),
          ca: readFileSync(fixture('ca.crt')),
          requestCert: true,
          rejectUnauthorized: false,
        },
        listener,
      )
    : http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** One that is closed with the test that calls this. */
export async function testServer(scripts: readonly Script[], tls = false): Promise<ScriptedServer> {
  const server = await scriptedServer(scripts, tls)
  onTestFinished(() => server.close())
  return server
}

export const json =
  (value: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}): Script =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(JSON.stringify(value))
  }

export const status = (code: number, reason: string, message: string, details: object = {}): Script =>
  json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, details, code }, code)

/** A DaemonSet as a server sends it. */
export const daemonSet = (name = 'a') => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'default' },
})

/** Breaks the connection without an answer. */
export const cut: Script = (request) => request.socket.destroy()

/** Sends watch events, then ends, breaks or stays silent. */
export const events =
  (list: readonly unknown[], then: 'end' | 'cut' | 'hang' = 'end'): Script =>
  (request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write(list.map((event) => `${JSON.stringify(event)}\n`).join(''), () => {
      if (then === 'end') response.end()
      if (then === 'cut') request.socket.destroy()
    })
  }
