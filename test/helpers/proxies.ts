import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { fixture } from './scripted-server.ts'

async function listening<T extends net.Server>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A proxy that answers CONNECT, by TLS if need be, and what it was asked. It is gone with the test that calls this. */
export async function connectProxy({ refuse = false, tls = false } = {}) {
  const asked: { target: string | undefined; authorization: string | undefined }[] = []
  const server = tls
    ? https.createServer({
        key: readFileSync(fixture('server.key')),
        cert: readFileSync(fixture('server.crt')),
      })
    : http.createServer()
  server.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
    asked.push({ target: request.url, authorization: request.headers['proxy-authorization'] })
    if (refuse) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const [, port] = (request.url ?? '').split(':')
    const upstream = net.connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on('error', () => other.destroy())
  })
  return { asked, port: await listening(server) }
}

/**
 * A SOCKS 5 proxy that wants a name and a password, with what it was told (RFC 1929) and the host that it was asked for. It is
 * gone with the test that calls this.
 */
export async function socksProxy() {
  const asked: string[] = []
  const users: string[] = []
  const server = net.createServer((client) => {
    let step = 0
    client.on('data', (bytes) => {
      if (step === 0) client.write(Buffer.of(5, 2))
      if (step === 1) {
        const nameEnds = 2 + (bytes[1] ?? 0)
        users.push(`${bytes.subarray(2, nameEnds)} ${bytes.subarray(nameEnds + 1)}`)
        client.write(Buffer.of(1, 0))
      }
      if (step === 2) {
        const length = bytes[4] ?? 0
        asked.push(bytes.subarray(5, 5 + length).toString())
        client.removeAllListeners('data')
        const upstream = net.connect(bytes.readUInt16BE(5 + length), '127.0.0.1', () => {
          client.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
          upstream.pipe(client).pipe(upstream)
        })
      }
      step++
    })
  })
  return { asked, users, port: await listening(server) }
}
