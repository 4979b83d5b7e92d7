import { isIP } from 'node:net'
import { KdsError } from '#base/errors.ts'
import { hostOf, portOf } from '#base/host.ts'
import { ApiError } from '../api-error.ts'

/** The code of a connection that was not made in time. */
export const connectTimeout = 'ERR_CONNECT_TIMEOUT'

/** The code of a request that took longer than `--request-timeout`. */
export const requestTimeout = 'ERR_REQUEST_TIMEOUT'

/** Codes of failures before anything was sent: the server cannot have done anything. */
const unsent = new Set([
  connectTimeout,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_PROXY',
])

/** Codes that another try may get over. Wrong names and certificates stay wrong. */
const passing = new Set([
  connectTimeout,
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNREFUSED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_EOF_STATE',
])

/** A call without an answer. `code` is Node's. */
export class ConnectionError extends ApiError {
  readonly errno: string
  /** Whether it makes sense to try again. */
  readonly passing: boolean

  constructor(shown: string, errno: string, cause: unknown) {
    super('Connection', 0, { shown, server: '' }, { ambiguous: !unsent.has(errno) && !isTrust(errno), cause })
    this.name = 'ConnectionError'
    this.errno = errno
    this.passing = passing.has(errno)
  }
}

/** A failed exchange with `server` in kubectl's words; errors that already are the user's stay as they are. */
export function connectionError(error: unknown, server: URL): KdsError {
  if (error instanceof KdsError) return error
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException
  const errno = code === '' && /socket hang up|other side closed/.test(message) ? 'ECONNRESET' : code
  const shown =
    errno === 'ECONNREFUSED'
      ? `The connection to the server ${server.host} was refused - did you specify the right host or port?`
      : `Unable to connect to the server: ${causeText(errno, message, server, error)}`
  return new ConnectionError(shown, errno, error)
}

function causeText(errno: string, message: string, server: URL, error: unknown): string {
  const host = hostOf(server)
  const port = portOf(server)
  switch (errno) {
    case 'ENOTFOUND':
      return `dial tcp: lookup ${host}: no such host`
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${host}: server misbehaving`
    case connectTimeout:
      return message.includes('TLS') ? message : `dial tcp ${host}:${port}: ${message}`
    case 'ETIMEDOUT':
      return `dial tcp ${host}:${port}: i/o timeout`
    case 'EHOSTUNREACH':
      return `dial tcp ${host}:${port}: connect: no route to host`
    case 'ENETUNREACH':
      return `dial tcp ${host}:${port}: connect: network is unreachable`
    case 'ECONNRESET':
      return /hang up|before secure TLS/.test(message) ? 'EOF' : 'read: connection reset by peer'
    case 'EPIPE':
      return 'write: broken pipe'
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return /wrong version number|packet length/i.test(message)
        ? 'http: server gave HTTP response to HTTPS client'
        : tlsAlert(message)
  }
  if (/alert/.test(message)) return tlsAlert(message)
  return isTrust(errno)
    ? `tls: failed to verify certificate: x509: ${trustText(errno, host, error)}`
    : message
}

function tlsAlert(message: string): string {
  const alert = /alert ([a-z ]+)/.exec(message)?.[1]
  return alert ? `remote error: tls: ${alert.trim()}` : message
}

function isTrust(errno: string): boolean {
  return /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|INVALID_CA|HOSTNAME_MISMATCH)/.test(errno)
}

function trustText(errno: string, host: string, error: unknown): string {
  if (errno === 'CERT_HAS_EXPIRED' || errno === 'CERT_NOT_YET_VALID')
    return 'certificate has expired or is not yet valid'
  if (errno !== 'ERR_TLS_CERT_ALTNAME_INVALID') return 'certificate signed by unknown authority'
  const { cert, host: wanted = host } = error as { cert?: { subjectaltname?: string }; host?: string }
  const names = (cert?.subjectaltname ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith(isIP(wanted) ? 'IP Address:' : 'DNS:'))
    .map((entry) => entry.replace(/^(DNS|IP Address):/, ''))
  return names.length > 0
    ? `certificate is valid for ${names.join(', ')}, not ${wanted}`
    : `certificate is not valid for any names, but wanted to match ${wanted}`
}
