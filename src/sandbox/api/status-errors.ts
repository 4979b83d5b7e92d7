import { aggregate, type FieldErrorParts, fieldErrorBody, fieldErrorText } from '#kube/field-error-text.ts'
import { goQuote } from '#kube/go-text.ts'

/** One cause in a Status' details. */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** The object in which the API answers everything that is not an object asked for. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, never>>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/** A refusal, on its way to the client. Texts follow `k8s.io/apimachinery/pkg/api/errors` and what v1.36 was seen to say. */
export class StatusError extends Error {
  readonly status: Status
  readonly code: number
  /** What the client is warned of beside the refusal. */
  warnings: readonly string[] = []

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    }
  }
}

/** What names a resource in a message: `daemonsets.apps`. */
export interface GroupResource {
  readonly group: string
  readonly plural: string
}

/** What names a kind in a message: `DaemonSet.apps`. */
export interface GroupKind {
  readonly group: string
  readonly kind: string
}

const dotted = (name: string, group: string) => (group ? `${name}.${group}` : name)
const about = (resource: GroupResource, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(resource.group ? { group: resource.group } : {}),
  kind: resource.plural,
})

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message)

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized')

export const noSuchPath = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

/** 404 for what a real cluster would have. */
export const notServed = (message: string) => new StatusError(404, 'NotFound', message, {})

export const methodNotAllowed = () =>
  new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )

export const notAcceptable = (accepted: readonly string[]) =>
  new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

export const unsupportedMediaType = () =>
  new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})

export const unsupportedBody = (accepted: readonly string[]) =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const tooLarge = (limit: number) =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)

/** A refusal that is about an object of a resource. */
const refusal = (code: number, reason: string, resource: GroupResource, name: string, message: string) =>
  new StatusError(code, reason, message, about(resource, name))

/** `daemonsets.apps "agent"`, or the resource alone. */
const named = ({ plural, group }: GroupResource, name: string) =>
  `${dotted(plural, group)}${name ? ` "${name}"` : ''}`

export const notFound = (resource: GroupResource, name: string) =>
  refusal(404, 'NotFound', resource, name, `${named(resource, name)} not found`)

export const alreadyExists = (resource: GroupResource, name: string) =>
  refusal(409, 'AlreadyExists', resource, name, `${named(resource, name)} already exists`)

export const conflict = (resource: GroupResource, name: string, why: string) =>
  refusal(
    409,
    'Conflict',
    resource,
    name,
    `Operation cannot be fulfilled on ${named(resource, name)}: ${why}`,
  )

export const modified = (resource: GroupResource, name: string) =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )

export const forbidden = (resource: GroupResource, name: string, why: string) =>
  refusal(403, 'Forbidden', resource, name, `${named(resource, name)} is forbidden: ${why}`)

/** A path that is no resource, asked for by someone without rights. */
export const forbiddenPath = (user: string, verb: string, path: string) =>
  new StatusError(403, 'Forbidden', `forbidden: User "${user}" cannot ${verb} path "${path}"`, {})

/** 422, every broken rule of the object in one message. */
export function invalid(kind: GroupKind, name: string, errors: readonly FieldErrorParts[]): StatusError {
  const list = aggregate(errors.map(fieldErrorText))
  return new StatusError(
    422,
    'Invalid',
    `${dotted(kind.kind, kind.group)} ${goQuote(name)} is invalid: ${list}`,
    {
      ...(name ? { name } : {}),
      ...(kind.group ? { group: kind.group } : {}),
      ...(kind.kind ? { kind: kind.kind } : {}),
      causes: errors.map((error) => ({
        reason: error.type,
        message: fieldErrorBody(error),
        field: error.field,
      })),
    },
  )
}

/** 422 for a patch that makes something of an object that does not fit its type; `shown` is what the server quotes. */
export const invalidPatch = (shown: string, detail: string): StatusError =>
  invalid({ kind: '', group: '' }, '', [
    { type: 'FieldValueInvalid', field: 'patch', badValue: shown, detail },
  ])

/** Does something, and lets a refusal of it carry the warnings that came before it. */
export function warned<T>(warnings: readonly string[], act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof StatusError) error.warnings = warnings
    throw error
  }
}

/** 422 for an option of a request, such as one of the ListOptions. */
export const invalidOption = (kind: string, error: FieldErrorParts): StatusError =>
  invalid({ kind, group: 'meta.k8s.io' }, '', [error])

export const expired = (message: string) => new StatusError(410, 'Expired', message)

export const tooOld = (asked: number, oldest: number) =>
  expired(`too old resource version: ${asked} (${oldest})`)

export const versionTooLarge = (asked: number, current: number) =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

export const tooManyRequests = (message: string, retryAfterSeconds: number) =>
  new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds })

export const internalError = (message: string) =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  })

export const serviceUnavailable = (message: string) => new StatusError(503, 'ServiceUnavailable', message)

/** The answer to a deletion that is done. */
export const deleted = (resource: GroupResource, name: string, uid: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { ...about(resource, name), uid },
})
