import { KdsError } from '#base/errors.ts'
import { isObject, readJson, withoutNulls } from '#base/json.ts'
import { checkShape, fieldsOf, type TypeOf } from '#kube/go-shape.ts'
import { goQuote } from '#kube/go-text.ts'

const statusShape = {
  struct: 'Status',
  fields: {
    ...fieldsOf('message reason status'),
    code: 'int',
    details: {
      struct: 'StatusDetails',
      fields: {
        ...fieldsOf('kind name group uid'),
        retryAfterSeconds: 'int',
        causes: { list: { struct: 'StatusCause', fields: fieldsOf('field message reason') } },
      },
    },
  },
} as const

/** An API server's Status as it comes over the wire. */
export type Status = TypeOf<typeof statusShape>

/**
 * A call that the API server refused or that never reached it. `message` is the whole of what kubectl prints about it.
 * `code` is the Status' reason (`NotFound`, `Conflict`, …), or `Connection` without an answer. `status` is the HTTP code, 0
 * without an answer; `serverMessage` is the server's own text.
 */
export class ApiError extends KdsError {
  readonly status: number
  readonly serverMessage: string
  readonly details: Status['details']
  /** True when the server may have carried out a write although no answer came. */
  readonly ambiguous: boolean

  constructor(
    code: string,
    status: number,
    texts: { readonly shown: string; readonly server: string },
    more: {
      readonly details?: Status['details']
      readonly ambiguous?: boolean
      readonly cause?: unknown
    } = {},
  ) {
    super(code, texts.shown, { verbatim: true, ...('cause' in more ? { cause: more.cause } : {}) })
    this.name = 'ApiError'
    this.status = status
    this.serverMessage = texts.server
    this.details = more.details
    this.ambiguous = more.ambiguous ?? false
  }
}

/** Whether the user has no right to the call; false for a refusal by admission, which is a 403, too. */
export const lacksRight = ({ status, serverMessage }: ApiError): boolean =>
  status === 403 && / is forbidden: User "/.test(serverMessage)

/** Whether it is a PodDisruptionBudget that refuses an eviction, and will for some time. */
export const forbiddenByBudget = ({ details, status }: ApiError): boolean =>
  status === 429 && (details?.causes ?? []).some((cause) => cause.reason === 'DisruptionBudget')

export interface FailedCall {
  readonly verb: string
  /** `daemonsets.apps`; empty for a path that is no resource. */
  readonly resource: string
  readonly name: string
  /** Empty or absent: none, or all. */
  readonly namespace?: string
}

/** The error for an answer of 400 or more: its Status if it holds one, else what client-go makes of the bare code. */
export function errorOfAnswer(code: number, body: string, call: FailedCall): ApiError {
  const status = parseStatus(body) ?? genericStatus(code, body, call)
  return new ApiError(
    status.reason || 'Unknown',
    code,
    { shown: shownText(status), server: status.message ?? '' },
    { details: status.details },
  )
}

/** The Status of an answer; what Go could not decode as one is none. */
function parseStatus(body: string): Status | undefined {
  const parsed = readJson(body)
  try {
    if (!isObject(parsed) || parsed.kind !== 'Status') return undefined
    checkShape(parsed, statusShape)
    return withoutNulls(parsed) as Status
  } catch {
    return undefined
  }
}

/** What kubectl prints about a Status. Mirrors checkErr of k8s.io/kubectl/pkg/cmd/util. */
function shownText(status: Status): string {
  const message = status.message ?? ''
  if (status.reason === 'Invalid') return invalidText(status)
  if (status.reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  return status.reason ? `Error from server (${status.reason}): ${message}` : `Error from server: ${message}`
}

function invalidText({ message, details }: Status): string {
  if (!details) return `The request is invalid${message ? `: ${message}` : ''}`
  const causes = [
    ...new Set((details.causes ?? []).map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`)),
  ]
  const named = details.kind || details.name
  const subject = named
    ? `The ${details.kind ?? ''} ${goQuote(details.name ?? '')} is invalid`
    : `The request is invalid${message && causes.length === 0 ? `: ${message}` : ''}`
  if (causes.length === 0) return subject
  return causes.length === 1
    ? `${subject}: ${causes[0]}`
    : `${subject}: \n${causes.map((cause) => `* ${cause}`).join('\n')}`
}

const generic: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
}

/** Mirrors NewGenericServerResponse of k8s.io/apimachinery. */
function genericStatus(code: number, body: string, call: FailedCall): Status {
  const text = body.trim() === '' ? 'unknown' : body.trim().slice(0, 2048)
  const [reason, message] = generic[code] ?? other(code, text)
  const where =
    call.resource === '' ? '' : ` (${call.verb} ${call.resource}${call.name ? ` ${call.name}` : ''})`
  return { reason, message: `${message}${where}` }
}

function other(code: number, text: string): readonly [string, string] {
  if (code === 403) return ['Forbidden', text]
  if (code === 406) return ['NotAcceptable', text]
  if (code === 415) return ['UnsupportedMediaType', text]
  if (code >= 500)
    return [
      'InternalError',
      `an error on the server (${goQuote(text)}) has prevented the request from succeeding`,
    ]
  return ['', `the server responded with the status code ${code} but did not return more information`]
}
