/**
 * What the checks of a manifest answer: three kinds of finding, in the order in which an API server meets them.
 *
 * 1. {@link SchemaFinding}: the document does not fit the DaemonSet type (`decodeDaemonSet` in `../schema/check-schema.ts`).
 * 2. {@link FieldError}: it fits, and breaks a rule (`validateDaemonSet` in `./daemon-set.ts`).
 * 3. {@link AdmissionWarning}: it is taken, and the server warns (`warningsForDaemonSet` in `./warnings.ts`).
 *
 * `admitDaemonSet` in `./admit.ts` does the whole create path and answers with an {@link Admission}.
 */
import type { FieldPath } from '#base/field-path.ts'
import type { FieldErrorParts } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'

export type { FieldPath }

/**
 * - `unknownField`: refused by kubectl's default validation (`--validate=strict`), dropped with a warning by the API.
 * - `wrongType`: a decode error: the server refuses the whole request with 400 and names the first one only.
 */
type SchemaFindingKind = 'unknownField' | 'wrongType'

/** One place where a document does not fit the v1.36 type. */
export interface SchemaFinding {
  readonly kind: SchemaFindingKind
  readonly path: FieldPath
  /** `path` in Kubernetes' notation: `spec.template.spec.containers[0].image`. */
  readonly field: string
  /** What is wrong, for a person: `unknown field "…"`, `"8080" is a string; an integer is wanted`. */
  readonly message: string
  /** What to do about it: `did you mean "image"?`, `belongs under spec.template.spec`, `quote it: "8080"`. */
  readonly hint?: string
  /** For `wrongType`: the server's own text, as near as it can be known. */
  readonly decodeError?: string
}

/** One broken rule, and where it is broken. `fieldErrorText` of `kube` puts it into the server's words. */
export interface FieldError extends FieldErrorParts {
  /** Where it stands in the document: the deepest place that `field` can be mapped to. */
  readonly path: FieldPath
}

/** A warning that the server sends along with its answer (HTTP header `Warning: 299`). */
export interface AdmissionWarning {
  /** The server's whole text, field included. */
  readonly message: string
  readonly field: string
  readonly path: FieldPath
}

/** What a v1.36 server would answer to a create. */
export interface Admission {
  /** Strict errors aside, would the API take it? kubectl with its default validation also wants `strictErrors` empty. */
  readonly accepted: boolean
  /** The 400 for a document that cannot be decoded; then nothing else was looked at. */
  readonly decodeError?: string
  /** Every wrong type, the server's first one first. */
  readonly typeErrors: readonly SchemaFinding[]
  /** Unknown fields, with their `unknown field "…"` text in `message`. Duplicate keys are the reader's to report. */
  readonly strictErrors: readonly SchemaFinding[]
  readonly errors: readonly FieldError[]
  readonly warnings: readonly AdmissionWarning[]
  /** The object with its defaults, as it would be stored, without what the server adds to `metadata`. */
  readonly object?: JsonObject
}
