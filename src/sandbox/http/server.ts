import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { badRequest, StatusError, tooLarge } from '../api/status-errors.ts'
import type { ServerCertificate } from '../certificate.ts'
import type { Activity } from './activity.ts'
import { rawAnswer } from './answer.ts'
import { bodyLimit } from './body.ts'
import type { Serving } from './exchange.ts'
import { route } from './router.ts'

interface ListeningServer {
  readonly port: number
  /** Ends every connection, and the server with them. */
  close(): Promise<void>
}

const headerLimit = 64 * 1024

/** Answers what is no HTTP request: Node has given up on it, so the answer is written by hand. */
function answerBroken(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const answer =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? rawAnswer(431, 'Request Header Fields Too Large', headersTooLarge.status)
      : rawAnswer(400, 'Bad Request', badRequest('the request is malformed').status)
  // What the client still sends is read and dropped for a moment: a connection closed on unread bytes loses the answer.
  socket.removeAllListeners('data')
  socket.on('data', () => undefined)
  socket.on('error', () => socket.destroy())
  socket.end(answer)
  setTimeout(() => socket.destroy(), lingerMilliseconds).unref()
}

const lingerMilliseconds = 500
const headersTooLarge = new StatusError(431, 'BadRequest', 'the request header fields are too large')

/** A client that sends more than is taken is given time to read the answer, and no more. */
function answerUnreadBody(request: IncomingMessage): void {
  request.on('error', () => request.destroy())
}

/** Serves HTTPS on 127.0.0.1. `port` 0 takes any that is free. Rejects if it is taken. */
export function listen(
  serving: Serving,
  activity: Activity,
  certificate: ServerCertificate,
  port: number,
): Promise<ListeningServer> {
  const server: Server = createServer(
    {
      key: certificate.keyPem,
      cert: certificate.certPem,
      maxHeaderSize: headerLimit,
      requestTimeout: 60_000,
      headersTimeout: 30_000,
      keepAliveTimeout: 90_000,
    },
    (request, response) => {
      answerUnreadBody(request)
      activity.follow(request, response)
      void route(serving, request, response)
    },
  )
  const sockets = new Set<Socket>()
  server.on('secureConnection', (socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('clientError', answerBroken)
  server.on('checkContinue', (request, response) => {
    const length = Number(request.headers['content-length'] ?? 0)
    if (length > bodyLimit) {
      const { status } = tooLarge(bodyLimit)
      response.writeHead(413, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify(status))
      return
    }
    response.writeContinue()
    server.emit('request', request, response)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            for (const socket of sockets) socket.destroy()
          }),
      })
    })
  })
}
