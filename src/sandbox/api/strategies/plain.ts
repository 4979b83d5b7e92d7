import { SchemaFindings } from '#apiserver/schema/check-schema.ts'
import { decode } from '#apiserver/schema/decode.ts'
import { checkObjectMeta } from '#apiserver/validation/metadata.ts'
import { Findings } from '#apiserver/validation/place.ts'
import type { FieldError } from '#apiserver/validation/types.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { metadataOf, withMetadata } from '../json.ts'
import { type Decoded, type Strategy, structOf } from '../resource-type.ts'

/**
 * Reads a document against the type that it says it is of.
 *
 * @param read where a type has more to it than its fields
 */
export function decodeObject(
  raw: JsonObject,
  read?: (raw: JsonObject, findings: SchemaFindings) => void,
): Decoded {
  const [group = ''] = stringIn(raw, 'apiVersion').split('/')
  const findings = new SchemaFindings()
  if (read) read(raw, findings)
  else decode(raw, structOf({ group, kind: stringIn(raw, 'kind') }), findings)
  const unknownFields = findings.list
    .filter(({ kind }) => kind === 'unknownField')
    .map(({ message }) => message)
  return findings.decodeError === undefined
    ? { unknownFields }
    : { typeError: findings.decodeError, unknownFields }
}

/** A name that may stand in a path: what objects without a stricter rule must hold to. */
export function pathSegmentErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`)
}

/** A new object of a kind whose status its controller writes. */
export const begun = (object: JsonObject, status: JsonObject = {}): JsonObject =>
  withMetadata({ ...object, status }, { ...metadataOf(object), generation: 1 })

/** An update of such an object: the status is not the client's, and the generation tells whether the spec changed. */
export function followed(next: JsonObject, old: JsonObject): JsonObject {
  const generation =
    Number(metadataOf(old).generation ?? 1) + (sameIgnoringNulls(next.spec, old.spec) ? 0 : 1)
  return withMetadata({ ...next, status: old.status ?? {} }, { ...metadataOf(next), generation })
}

interface PlainRules extends Partial<Strategy> {
  /** What is asked of a name, where that is not to be a DNS subdomain. */
  readonly nameErrors?: (name: string) => readonly string[]
  /** What is asked beside the metadata; of an update, too, which has an `old`. */
  readonly check?: (object: JsonObject, found: Findings, old: JsonObject | undefined) => void
}

/** The strategy of objects that the sandbox keeps and hardly looks into. */
export function plainStrategy({ nameErrors, check, ...more }: PlainRules = {}): Strategy {
  const validate = (object: JsonObject, old?: JsonObject): readonly FieldError[] => {
    const found = new Findings(object)
    checkObjectMeta(found.at('metadata'), true, nameErrors)
    check?.(object, found, old)
    return found.errors
  }
  return {
    decode: decodeObject,
    prepareForCreate: (object) => object,
    prepareForUpdate: (next) => next,
    validate,
    validateUpdate: validate,
    warnings: () => [],
    ...more,
  }
}
