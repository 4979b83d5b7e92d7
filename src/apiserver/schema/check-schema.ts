/** Tells where a document does not fit the DaemonSet type, and what was probably meant. */
import { fieldText } from '#base/field-path.ts'
import { nearest } from '#base/nearest.ts'
import { goQuote } from '#kube/go-text.ts'
import { parseInt64 } from '#kube/int64.ts'
import { objectIn, stringOrNone } from '#kube/read.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import type { FieldPath, SchemaFinding } from '../validation/types.ts'
import { type DecodeListener, decode } from './decode.ts'
import { type FieldSpec, structSpec, type TypeSpec } from './schema.ts'

/** Names that other workloads or older versions use. */
const elsewhere: Readonly<Record<string, string>> = {
  replicas: 'a DaemonSet has no replicas: it runs one pod on each node that matches',
  strategy: 'a DaemonSet calls it "updateStrategy"',
  serviceName: 'a DaemonSet has none',
  templateGeneration: 'gone since apps/v1: the server keeps it as an annotation',
}

/** What every object has is meant more often than what few have: `containers` before `volumes`. */
function likeliestFirst(struct: string): FieldSpec[] {
  return [...structSpec(struct).values()].sort((a, b) => Number(b.required) - Number(a.required))
}

/** The struct fields that lead from `struct` down to a struct with this field; the shortest way, three steps at most. */
function wayDown(struct: string, name: string): string[] | undefined {
  let level: { struct: string; way: string[] }[] = [{ struct, way: [] }]
  for (let depth = 0; depth < 4; depth++) {
    const found = level.find((here) => depth > 0 && structSpec(here.struct).has(name))
    if (found) return found.way
    level = level.flatMap((here) =>
      likeliestFirst(here.struct).flatMap(({ name: step, type }) => {
        const inner = type.kind === 'list' ? type.item : type
        const mark = type.kind === 'list' ? `${step}[]` : step
        return inner.kind === 'struct' ? [{ struct: inner.struct, way: [...here.way, mark] }] : []
      }),
    )
  }
  return undefined
}

/** The structs on the way to a place, the root first. */
function structsOn(path: FieldPath): { struct: string; path: FieldPath }[] {
  const on = [{ struct: 'DaemonSet', path: [] as FieldPath }]
  let type: TypeSpec | undefined = { kind: 'struct', pointer: false, struct: 'DaemonSet', goType: '' }
  for (const [index, segment] of path.entries()) {
    if (type?.kind === 'struct') type = structSpec(type.struct).get(String(segment))?.type
    else type = type && 'item' in type ? type.item : undefined
    if (type?.kind === 'struct') on.push({ struct: type.struct, path: path.slice(0, index + 1) })
  }
  return on
}

function belongs(path: FieldPath, struct: string, name: string): string | undefined {
  const above = structsOn(path.slice(0, -1)).slice(0, -1).reverse()
  const holder = above.find((here) => structSpec(here.struct).has(name))
  if (holder)
    return holder.path.length === 0 ? 'belongs at the top level' : `belongs under ${fieldText(holder.path)}`
  const down = wayDown(struct, name)
  if (down) return `belongs under ${[fieldText(path.slice(0, -1)), ...down].filter(Boolean).join('.')}`
  for (const here of above) {
    const way = wayDown(here.struct, name)
    if (way) return `belongs under ${[fieldText(here.path), ...way].filter(Boolean).join('.')}`
  }
  return undefined
}

function unknownField(path: FieldPath, struct: string): SchemaFinding {
  const name = String(path.at(-1))
  const field = fieldText(path)
  // The server puts no brackets around odd names.
  const asServed = path
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${segment}`))
    .join('')
  const base = { kind: 'unknownField', path, field, message: `unknown field "${asServed.slice(1)}"` } as const
  const known = [...structSpec(struct).keys()]
  const sameLetters = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  const suggestion = sameLetters ?? nearest(name, known)
  if (suggestion !== undefined) return { ...base, hint: `did you mean "${suggestion}"?` }
  const special = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined
  const hint = special ?? belongs(path, struct, name)
  return hint === undefined ? base : { ...base, hint }
}

const wanted: Readonly<Record<TypeSpec['kind'], string>> = {
  struct: 'a map of fields',
  list: 'a list',
  map: 'a map',
  string: 'a string',
  bool: 'true or false',
  int32: 'a whole number of 32 bits',
  int64: 'a whole number',
  quantity: 'a quantity',
  intOrString: 'a whole number or a string',
  time: 'a time such as "2026-01-31T12:00:00Z"',
  microTime: 'a time such as "2026-01-31T12:00:00.000000Z"',
  bytes: 'text in base64',
  raw: 'anything',
}

function described(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  const text = JSON.stringify(value)
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text
  return typeof value === 'string' ? `the string ${shown}` : `the ${typeof value} ${shown}`
}

function typeHint(value: Json, type: TypeSpec): string | undefined {
  const scalar = typeof value !== 'object'
  if (type.kind === 'string' && scalar) return `quote it: "${value}"`
  if (typeof value === 'string') {
    const number = /^[+-]?\d+$/.test(value)
    if ((type.kind === 'int32' || type.kind === 'int64') && number)
      return `remove the quotes: ${Number(value)}`
    const truth = /^(true|yes|on)$/i.test(value) ? 'true' : /^(false|no|off)$/i.test(value) ? 'false' : ''
    if (type.kind === 'bool' && truth !== '') return `write ${truth} without quotes`
  }
  if (type.kind === 'list' && value !== null)
    return 'write it as a list: each entry on its own line after "- "'
  if ((type.kind === 'struct' || type.kind === 'map') && Array.isArray(value)) {
    return 'write its fields without the leading "- "'
  }
  return undefined
}

function wrongType(path: FieldPath, value: Json, type: TypeSpec, decodeError: string): SchemaFinding {
  const field = fieldText(path)
  const place = field === '' ? 'the document' : field
  const message =
    type.kind === 'quantity'
      ? `${place}: ${described(value)} is no quantity: ${decodeError}`
      : `${place}: ${described(value)}, where ${wanted[type.kind]} is wanted`
  const hint = typeHint(value, type)
  return { kind: 'wrongType', path, field, message, decodeError, ...(hint === undefined ? {} : { hint }) }
}

/** Collects findings; the first `fatal` one is what the server would name, whatever came before it. */
export class SchemaFindings implements DecodeListener {
  readonly list: SchemaFinding[] = []
  /** The server's one decode error. */
  decodeError: string | undefined
  #stopped = false

  unknownField(path: FieldPath, struct: string): void {
    this.list.push(unknownField(path, struct))
  }

  wrongType(path: FieldPath, value: Json, type: TypeSpec, decodeError: string, fatal: boolean): void {
    if (fatal && !this.#stopped) this.decodeError = decodeError
    this.decodeError ??= decodeError
    this.#stopped ||= fatal
    this.list.push(wrongType(path, value, type, decodeError))
  }

  /** What was decoded does not fit the server's own type. */
  notConverted(finding: SchemaFinding & { readonly decodeError: string }): void {
    this.decodeError ??= finding.decodeError
    this.list.push(finding)
  }
}

/**
 * The server's own DaemonSet has a field for its template generation, into which it reads the annotation
 * (Convert_v1_DaemonSet_To_apps_DaemonSet, by strconv.ParseInt).
 */
function checkTemplateGeneration(daemonSet: JsonObject, findings: SchemaFindings): void {
  const text = stringOrNone(
    objectIn(objectIn(daemonSet, 'metadata'), 'annotations'),
    templateGenerationAnnotation,
  )
  if (text === undefined || parseInt64(text) !== undefined) return
  const path = ['metadata', 'annotations', templateGenerationAnnotation]
  const field = fieldText(path)
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  findings.notConverted({
    kind: 'wrongType',
    path,
    field,
    message: `${field}: ${described(text)}, where a whole number in quotes is wanted`,
    hint: 'leave the annotation out: the server sets it',
    decodeError: `strconv.ParseInt: parsing ${goQuote(text)}: ${why}`,
  })
}

/** A document as the server holds it before defaulting; what does not fit is told to `findings`. */
export function decodeDaemonSet(value: unknown, findings: SchemaFindings): JsonObject {
  const decoded = decode(value, 'DaemonSet', findings)
  if (findings.decodeError === undefined) checkTemplateGeneration(decoded, findings)
  return decoded
}
