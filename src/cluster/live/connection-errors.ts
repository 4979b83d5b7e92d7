import { STATUS_CODES } from 'node:http'
import { isIP } from 'node:net'
import { KdsError } from '#base/errors.ts'
import { hostOf, portOf } from '#base/host.ts'
import { ApiError } from '../api-error.ts'

/**
 * A failure. `said`: what Go says, with the server's HOST and PORT; Node's own words without it. `unsent`: it comes before anything
 * is sent, so the server cannot have done anything. `passes`: another try may get over it; wrong names and certificates stay wrong.
 */
type Failure = { said?: string; unsent?: true; passes?: true }
const unsent = { unsent: true } as const
const passes = { passes: true } as const

/** The codes of what took too long. The last is that of `--request-timeout`. */
const tardy = {
  ERR_CONNECT_TIMEOUT: { said: 'dial tcp HOST:PORT: i/o timeout', ...unsent, ...passes },
  ERR_HANDSHAKE_TIMEOUT: { said: 'net/http: TLS handshake timeout', ...unsent, ...passes },
  ERR_SILENCE: { said: 'the server fell silent', ...passes },
  ERR_REQUEST_TIMEOUT: {
    said: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  },
} as const
const failures: Readonly<Record<string, Failure>> = {
  ...tardy,
  ECONNREFUSED: { said: 'dial tcp HOST:PORT: connect: connection refused', ...unsent, ...passes },
  ENOTFOUND: { said: 'dial tcp: lookup HOST: no such host', ...unsent },
  EAI_AGAIN: { said: 'dial tcp: lookup HOST: server misbehaving', ...unsent, ...passes },
  EHOSTUNREACH: { said: 'dial tcp HOST:PORT: connect: no route to host', ...unsent, ...passes },
  ENETUNREACH: { said: 'dial tcp HOST:PORT: connect: network is unreachable', ...unsent, ...passes },
  EHOSTDOWN: unsent,
  ERR_PROXY: unsent,
  ERR_OSSL_PEM_NO_START_LINE: { said: 'tls: failed to find any PEM data in certificate input', ...unsent },
  ERR_INVALID_CHAR: { said: 'net/http: invalid header field value for "Authorization"', ...unsent },
  ETIMEDOUT: { said: 'dial tcp HOST:PORT: i/o timeout', ...passes },
  ECONNRESET: { said: 'read: connection reset by peer', ...passes },
  EPIPE: { said: 'write: broken pipe', ...passes },
  // Bun's word for a connection that ended before TLS was agreed upon.
  ERR_SOCKET_CLOSED: { said: 'EOF', ...passes },
  ECONNABORTED: passes,
  ERR_STREAM_PREMATURE_CLOSE: passes,
  HPE_INVALID_EOF_STATE: passes,
}

/** The failure of what took too long. */
export const late = (code: keyof typeof tardy): Error => Object.assign(new Error(code), { code })

/** A call without an answer. */
export class ConnectionError extends ApiError {
  /** Whether it makes sense to try again. */
  readonly passing: boolean

  /** @param code Node's */
  constructor(shown: string, code: string, cause?: unknown) {
    const { unsent = distrust.test(code), passes = false } = failures[code] ?? {}
    super('Connection', 0, { shown, server: '' }, { ambiguous: !unsent, cause })
    this.name = 'ConnectionError'
    this.passing = passes
  }
}

/** A failed exchange with `server` in kubectl's words; errors that already are the user's stay as they are. */
export function connectionError(error: unknown, server: URL): KdsError {
  if (error instanceof KdsError) return error
  const { message = String(error), code = /hang up|side closed/.test(message) ? 'ECONNRESET' : '' } =
    error as NodeJS.ErrnoException
  const shown =
    code === 'ECONNREFUSED'
      ? `The connection to the server ${server.host} was refused - did you specify the right host or port?`
      : `Unable to connect to the server: ${said(code, message, server, error)}`
  return new ConnectionError(shown, code, error)
}

/** A failure of an agent's, before there was a connection: the proxy's. */
export function proxyError(error: NodeJS.ErrnoException, proxy: URL): Error {
  const { code = '', message } = error
  const status = /^Bad response: (\d+)/.exec(message)?.[1]
  const words = status ? STATUS_CODES[status] : `proxyconnect tcp: ${said(code, message, proxy, error)}`
  return Object.assign(new Error(words ?? message, { cause: error }), { code: 'ERR_PROXY' })
}

/** Codes of certificates that Node does not trust. */
const distrust = /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|INVALID_CA|HOSTNAME_MISMATCH)/

function said(code: string, message: string, server: URL, error: unknown): string {
  const host = hostOf(server)
  if (distrust.test(code)) return `tls: failed to verify certificate: x509: ${distrustOf(code, host, error)}`
  if (code === 'ECONNRESET' && /hang up|before secure TLS/.test(message)) return 'EOF'
  if (/wrong version number|packet length/i.test(message))
    return 'http: server gave HTTP response to HTTPS client'
  const alert = /alert ([a-z ]+)/.exec(message)?.[1]
  const words = failures[code]?.said ?? (alert ? `remote error: tls: ${alert.trim()}` : message)
  return words.replace('HOST', host).replace('PORT', String(portOf(server)))
}

function distrustOf(code: string, host: string, error: unknown): string {
  if (/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/.test(code)) return 'certificate has expired or is not yet valid'
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return 'certificate signed by unknown authority'
  const { cert, host: wanted = host } = error as { cert?: { subjectaltname?: string }; host?: string }
  const kind = isIP(wanted) ? 'IP Address:' : 'DNS:'
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name.startsWith(kind))
  return names.length > 0
    ? `certificate is valid for ${names.join(', ').replaceAll(kind, '')}, not ${wanted}`
    : `certificate is not valid for any names, but wanted to match ${wanted}`
}
