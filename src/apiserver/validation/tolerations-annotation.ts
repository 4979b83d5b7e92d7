/** Tolerations from the days before they were a field: still checked wherever the annotation stands. */
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { goJsonSyntaxError } from '#kube/go-json-syntax.ts'
import { goKind } from '#kube/go-text.ts'
import type { Place } from './place.ts'
import { checkTolerations } from './scheduling.ts'

const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations'

/** Fields of the server's own type: its names are not those of the API, and Go matches them without regard to case. */
const fields: Readonly<Record<string, readonly [name: string, goName: string, goType: string]>> = {
  key: ['key', 'Key', 'string'],
  operator: ['operator', 'Operator', 'core.TolerationOperator'],
  value: ['value', 'Value', 'string'],
  effect: ['effect', 'Effect', 'core.TaintEffect'],
  tolerationseconds: ['tolerationSeconds', 'TolerationSeconds', 'int64'],
}

/** The tolerations, or Go's first error. */
function decoded(text: string): JsonObject[] | string {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    return goJsonSyntaxError(text) ?? ''
  }
  const wrong = (what: string, into: string) => `json: cannot unmarshal ${what} into Go ${into}`
  if (value === null) return []
  if (!Array.isArray(value)) return wrong(goKind(value), 'value of type []core.Toleration')
  let error: string | undefined
  const tolerations = value.map((item) => {
    const toleration: JsonObject = {}
    if (item === null) return toleration
    if (!isObject(item)) error ??= wrong(goKind(item), 'value of type core.Toleration')
    for (const [key, part] of Object.entries(isObject(item) ? item : {})) {
      const [name, goName, goType] = fields[key.toLowerCase()] ?? []
      if (name === undefined || part === null) continue
      const fits = goType === 'int64' ? Number.isInteger(part) : typeof part === 'string'
      const what = goType === 'int64' && typeof part === 'number' ? `number ${part}` : goKind(part)
      if (fits) toleration[name] = part
      else error ??= wrong(what, `struct field Toleration.${goName} of type ${goType}`)
    }
    return toleration
  })
  return error ?? tolerations
}

/** The annotation's tolerations (ValidateTolerationsInPodAnnotations). */
export function checkTolerationsAnnotation(annotations: Place): void {
  // The document ends at the annotation: what is wrong inside its text has no place of its own.
  const here = annotations.child(tolerationsAnnotation, [tolerationsAnnotation])
  if (here.text === '') return
  const tolerations = decoded(here.text)
  if (typeof tolerations === 'string') annotations.invalid(tolerationsAnnotation, tolerations)
  else checkTolerations(here.holding(tolerations))
}
