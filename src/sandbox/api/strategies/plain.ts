import type { FieldError, FieldPath } from '#apiserver/validation/types.ts'
import { isObject } from '#base/json.ts'
import { goKind } from '#kube/go-text.ts'
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { metadataOf } from '../json.ts'
import type { Decoded, Strategy } from '../resource-type.ts'

const stringMaps = ['labels', 'annotations'] as const

/** The part of decoding that every kind shares: metadata must be of its type. */
export function decodeMetadata(raw: JsonObject): Decoded {
  const kind = stringIn(raw, 'kind')
  const { metadata } = raw
  const fault = (value: unknown, field: string, type: string): Decoded => ({
    typeError: `json: cannot unmarshal ${goKind(value)} into Go struct field ${field} of type ${type}`,
    unknownFields: [],
  })
  if (metadata === null || metadata === undefined) return { unknownFields: [] }
  if (!isObject(metadata)) return fault(metadata, `${kind}.metadata`, 'v1.ObjectMeta')
  for (const field of ['name', 'namespace', 'generateName', 'resourceVersion', 'uid'] as const) {
    const value = metadata[field]
    if (value !== null && value !== undefined && typeof value !== 'string')
      return fault(value, `ObjectMeta.metadata.${field}`, 'string')
  }
  for (const field of stringMaps) {
    const map = metadata[field]
    if (map === null || map === undefined) continue
    if (!isObject(map)) return fault(map, `ObjectMeta.metadata.${field}`, 'map[string]string')
    for (const value of Object.values(map))
      if (typeof value !== 'string') return fault(value, `ObjectMeta.metadata.${field}`, 'string')
  }
  for (const field of ['finalizers', 'ownerReferences'] as const) {
    const list = metadata[field]
    if (list !== null && list !== undefined && !Array.isArray(list))
      return fault(list, `ObjectMeta.metadata.${field}`, '[]string')
  }
  return { unknownFields: [] }
}

export const fieldError = (
  type: FieldError['type'],
  path: FieldPath,
  detail: string,
  badValue?: unknown,
): FieldError => ({
  type,
  field: path.join('.'),
  path,
  detail,
  ...(badValue === undefined ? {} : { badValue }),
})

/** Checks of metadata that every kind shares (`ValidateObjectMeta`). */
export function validateMetadata(
  object: JsonObject,
  nameErrors: (name: string) => readonly string[],
): FieldError[] {
  const metadata = metadataOf(object)
  const name = stringIn(metadata, 'name')
  const errors: FieldError[] = []
  if (name) {
    for (const detail of nameErrors(name))
      errors.push(fieldError('FieldValueInvalid', ['metadata', 'name'], detail, name))
  } else {
    errors.push(fieldError('FieldValueRequired', ['metadata', 'name'], 'name or generateName is required'))
  }
  for (const [key, value] of Object.entries(objectIn(metadata, 'labels'))) {
    for (const detail of qualifiedNameErrors(key))
      errors.push(fieldError('FieldValueInvalid', ['metadata', 'labels'], detail, key))
    for (const detail of labelValueErrors(String(value)))
      errors.push(fieldError('FieldValueInvalid', ['metadata', 'labels'], detail, value))
  }
  for (const key of Object.keys(objectIn(metadata, 'annotations')))
    for (const detail of qualifiedNameErrors(key.toLowerCase()))
      errors.push(fieldError('FieldValueInvalid', ['metadata', 'annotations'], detail, key))
  return errors
}

/** A name that may stand in a path: what objects without a stricter rule must hold to. */
export function pathSegmentErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`)
}

/** The strategy of objects that the sandbox keeps and never looks into. */
export function plainStrategy(
  nameErrors: (name: string) => readonly string[] = dns1123SubdomainErrors,
  overrides: Partial<Strategy> = {},
): Strategy {
  return {
    decode: decodeMetadata,
    prepareForCreate: (object) => object,
    prepareForUpdate: (next) => next,
    validate: (object) => validateMetadata(object, nameErrors),
    validateUpdate: (next) => validateMetadata(next, nameErrors),
    warnings: () => [],
    ...overrides,
  }
}
