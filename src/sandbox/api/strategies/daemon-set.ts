import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { checkSchema } from '#apiserver/schema/check-schema.ts'
import { validateDaemonSet, validateDaemonSetUpdate } from '#apiserver/validation/daemon-set.ts'
import { warningsForDaemonSet } from '#apiserver/validation/warnings.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { JsonObject } from '#kube/types.ts'
import { templateWarnings } from '../admission.ts'
import { metadataOf, withMetadata } from '../json.ts'
import type { Decoded, Strategy } from '../resource-type.ts'

/** Reads a document against the DaemonSet type. */
export function decodeDaemonSet(raw: JsonObject): Decoded {
  const findings = checkSchema(raw)
  const wrong = findings.find((finding) => finding.kind === 'wrongType')
  const unknownFields = findings
    .filter((finding) => finding.kind === 'unknownField')
    .map((finding) => finding.message)
  return wrong ? { typeError: wrong.decodeError ?? wrong.message, unknownFields } : { unknownFields }
}

const generationOf = (object: JsonObject) => Number(metadataOf(object).generation ?? 0)

/** The template's own generation, which the API keeps in an annotation for those who remember extensions/v1beta1. */
function withTemplateGeneration(object: JsonObject, value: number): JsonObject {
  const metadata = metadataOf(object)
  const annotations = { ...objectIn(metadata, 'annotations'), [templateGenerationAnnotation]: String(value) }
  return withMetadata(object, { ...metadata, annotations })
}

const templateGenerationOf = (object: JsonObject) =>
  Number(stringIn(objectIn(metadataOf(object), 'annotations'), templateGenerationAnnotation)) || 0

/** `pkg/registry/apps/daemonset/strategy.go`. */
export const daemonSetStrategy: Strategy = {
  decode: decodeDaemonSet,
  // The template's generation is a field of the server's own type: whoever leaves the annotation out has written 0.
  defaults: (raw) => withTemplateGeneration(defaultDaemonSet(raw, 'update'), templateGenerationOf(raw)),
  prepareForCreate(raw) {
    const object = defaultDaemonSet(raw)
    return withMetadata(object, { ...metadataOf(object), generation: 1 })
  },
  prepareForUpdate(raw, old) {
    const next = { ...defaultDaemonSet(raw, 'update'), status: old.status ?? {} }
    const before = objectIn(old, 'spec')
    const after = objectIn(next, 'spec')
    const newTemplate = !sameIgnoringNulls(before.template, after.template)
    const generation = generationOf(old) + (sameIgnoringNulls(before, after) ? 0 : 1)
    const counted = withTemplateGeneration(next, templateGenerationOf(old) + (newTemplate ? 1 : 0))
    return withMetadata(counted, { ...metadataOf(counted), generation })
  },
  validate: validateDaemonSet,
  validateUpdate(next, old) {
    const errors = validateDaemonSetUpdate(next, old)
    const fixed = errors.filter(
      ({ field, detail }) => field === 'spec.selector' && detail === 'field is immutable',
    )
    // What may not change comes first in the answers of v1.36.
    return [...fixed, ...errors.filter((error) => !fixed.includes(error))]
  },
  warnings: (object, { store }) => [
    ...warningsForDaemonSet(object).map((warning) => warning.message),
    ...templateWarnings(store, object),
  ],
}
