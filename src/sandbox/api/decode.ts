import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { groupVersionOf, type ResourceType, type WriteOptions } from './resource-type.ts'
import { resourceTypes } from './resources.ts'
import { badRequest } from './status-errors.ts'

/** Versions of old that the server still reads, to say that it does not take them. */
const isRetired = ({ group }: ResourceType, version: string) =>
  new RegExp(`^(extensions|${group})/v\\d+(alpha|beta)\\d+$`).test(version)

/** Does the server know the kind in this version? Of kinds that the sandbox does not serve, any name may be one. */
function isKnown(apiVersion: string, kind: string): boolean {
  const served = resourceTypes.filter((one) => one.kind === kind)
  if (served.length > 0)
    return served.some((one) => groupVersionOf(one) === apiVersion || isRetired(one, apiVersion))
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const isVersion = resourceTypes.some((one) => one.group === group) && /^v1((alpha|beta)\d+)?$/.test(version)
  return isVersion && /^[A-Z][a-z]/.test(kind)
}

/** The 400 for a body of another kind or version than its path, in the server's words. */
function wrongKind(
  type: ResourceType,
  apiVersion: string,
  kind: string,
  refuse: WriteOptions['refuse'],
): Error {
  const version = apiVersion.split('/').at(-1) ?? ''
  const known = isKnown(apiVersion, kind)
  const expected = `the expected API version (${groupVersionOf(type)})`
  if (known && kind === type.kind)
    return badRequest(`the API version in the data (${apiVersion}) does not match ${expected}`)
  const internal = type.group === '' ? 'core' : type.group.split('.')[0]
  const why = known
    ? `converting (${version}.${kind}) to (${internal}.${type.kind}): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
  return (
    refuse?.(why) ?? badRequest(`${kind} in version "${version}" cannot be handled as a ${type.kind}: ${why}`)
  )
}

/**
 * Reads a body as its resource's kind.
 *
 * @returns warnings of unknown fields, where the client asks for them
 * @throws StatusError 400: another kind or version, a field of a wrong type, or unknown fields that are to be refused
 */
export function decodeBody(type: ResourceType, body: JsonObject, options: WriteOptions): string[] {
  const version = groupVersionOf(type)
  const kind = stringIn(body, 'kind') || type.kind
  const given = stringIn(body, 'apiVersion') || version
  if (kind !== type.kind || given !== version) throw wrongKind(type, given, kind, options.refuse)
  const { typeError, unknownFields } = type.strategy.decode({ ...body, kind, apiVersion: given })
  const reject =
    options.refuse ??
    ((why: string) =>
      badRequest(`${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ${why}`))
  if (typeError) throw reject(typeError)
  if (unknownFields.length === 0 || options.fieldValidation === 'Ignore') return []
  if (options.fieldValidation === 'Strict') throw reject(`strict decoding error: ${unknownFields.join(', ')}`)
  return [...unknownFields]
}
