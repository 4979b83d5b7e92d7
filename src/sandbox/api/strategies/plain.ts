import { SchemaFindings } from '#apiserver/schema/check-schema.ts'
import { decode } from '#apiserver/schema/decode.ts'
import type { FieldError, FieldPath } from '#apiserver/validation/types.ts'
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { metadataOf } from '../json.ts'
import { type Decoded, type Strategy, structOf } from '../resource-type.ts'

/** Reads a document against the type that it says it is of. */
export function decodeObject(raw: JsonObject): Decoded {
  const [group = ''] = stringIn(raw, 'apiVersion').split('/')
  const findings = new SchemaFindings()
  decode(raw, structOf({ group, kind: stringIn(raw, 'kind') }), findings)
  const unknownFields = findings.list
    .filter(({ kind }) => kind === 'unknownField')
    .map(({ message }) => message)
  return findings.decodeError === undefined
    ? { unknownFields }
    : { typeError: findings.decodeError, unknownFields }
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
    decode: decodeObject,
    prepareForCreate: (object) => object,
    prepareForUpdate: (next) => next,
    validate: (object) => validateMetadata(object, nameErrors),
    validateUpdate: (next) => validateMetadata(next, nameErrors),
    warnings: () => [],
    ...overrides,
  }
}
