import { KdsError } from '#base/errors.ts'
import type { FieldPath } from '#base/field-path.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { NodeTaint } from '#placement/decision.ts'
import { checkDaemonSet } from '#planning/check.ts'
import { toYaml } from '#yaml/emit.ts'
import { type ParsedDocument, parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'

/** What decides where pods go, and is edited in the page; all below `spec.template.spec`. */
const fields = ['nodeSelector', 'affinity', 'tolerations'] as const
const above: FieldPath = ['spec', 'template', 'spec']

const specOf = ({ spec }: DaemonSet): JsonObject => (spec?.template?.spec ?? {}) as JsonObject

/** A toleration as it is written. */
export type Toleration = Readonly<Record<string, string>>

/** One that covers a taint and no other. */
export const tolerationFor = ({ effect, key, value }: NodeTaint): Toleration =>
  value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect }

/** The fields of a DaemonSet as YAML to edit; empty if it has none of them. */
export function stanzaOf(daemonSet: DaemonSet): string {
  const spec = specOf(daemonSet)
  const there = fields.flatMap((name) => {
    const value = spec[name]
    return value === undefined || value === null ? [] : [[name, value] as const]
  })
  return there.length === 0 ? '' : toYaml(Object.fromEntries(there))
}

/** Something that is wrong with an edit; without a line, with the whole of it. */
export interface Complaint {
  readonly line?: number
  readonly message: string
  readonly hint?: string | undefined
}

type Edited = { readonly daemonSet: DaemonSet } | { readonly complaints: readonly Complaint[] }

/** The DaemonSet with edited fields, or what `kubectl apply` would have against them, from the top down. */
export async function withStanza(original: DaemonSet, text: string): Promise<Edited> {
  try {
    const { documents, diagnostics } = await parseYaml(new SourceText('edit', text))
    const [first, second] = documents.filter(({ value }) => value !== null)
    if (second) return complaint('there is more than one document', second.locate([]).line)
    const twice = diagnostics.find(({ code }) => code === 'duplicate-key')
    if (twice) return complaint(twice.message, twice.location?.line)
    return checked(original, first)
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    return complaint(error.message, error.location?.line, error.hint)
  }
}

const complaint = (message: string, line?: number, hint?: string): Edited => ({
  complaints: [{ message, hint, ...(line === undefined ? {} : { line }) }],
})

function checked(original: DaemonSet, document: ParsedDocument | undefined): Edited {
  const value = document?.value ?? {}
  if (!isObject(value)) return complaint('nodeSelector, affinity and tolerations are wanted here', 1)
  const known: readonly string[] = fields
  const strange = Object.keys(value).find((key) => !known.includes(key))
  if (strange !== undefined)
    return complaint(
      `${JSON.stringify(strange)} cannot be edited here`,
      document?.locate([strange], 'key').line,
      'only nodeSelector, affinity and tolerations decide where the pods go',
    )
  const daemonSet = withFields(original, value)
  const before = new Set(checkDaemonSet(original, 'strict').map(({ message }) => message))
  const complaints = checkDaemonSet(daemonSet, 'strict')
    .filter(({ message, severity }) => severity === 'error' && !before.has(message))
    .map(({ hint, message, part, path }): Complaint => {
      const inside =
        above.every((step, at) => path[at] === step) && known.includes(String(path[above.length]))
      const line = inside ? document?.locate(path.slice(above.length), part).line : undefined
      return { message, hint, ...(line === undefined ? {} : { line }) }
    })
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0))
  return complaints.length > 0 ? { complaints } : { daemonSet }
}

function withFields(original: DaemonSet, edited: JsonObject): DaemonSet {
  const spec: Record<string, Json> = { ...specOf(original) }
  for (const name of fields) {
    const value = edited[name]
    if (value === undefined || value === null) delete spec[name]
    else spec[name] = value
  }
  const template = { ...original.spec?.template, spec }
  return { ...original, spec: { ...original.spec, template } } as DaemonSet
}

/**
 * The text with a toleration more. What is written below `tolerations:` line by line stays as it is, comments too; a list in
 * brackets is written anew.
 */
export async function withToleration(text: string, toleration: Toleration): Promise<string> {
  const base = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const item = toYaml([toleration])
  const value = await fieldsOf(base)
  const there = value?.tolerations
  if (Array.isArray(there) && there.length > 0) {
    const [head = ''] = /^tolerations:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*(?=([ \t]*)-)/m.exec(base) ?? []
    const at = base.indexOf(head)
    if (head === '') return toYaml({ ...value, tolerations: [...there, toleration] })
    const rest = base.slice(at + head.length)
    const [pad = ''] = /^[ \t]*/.exec(rest) ?? []
    return base.slice(0, at) + head + item.replace(/^(?=.)/gm, pad) + rest
  }
  if (value && 'tolerations' in value) return toYaml({ ...value, tolerations: [toleration] })
  const isFlow = base.trimStart().startsWith('{')
  return value && isFlow ? toYaml({ ...value, tolerations: [toleration] }) : `${base}tolerations:\n${item}`
}

/** What the text says; undefined where nobody can tell. */
async function fieldsOf(text: string): Promise<JsonObject | undefined> {
  try {
    const { documents } = await parseYaml(new SourceText('edit', text))
    const value = documents.find((one) => one.value !== null)?.value
    return isObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof KdsError) return undefined
    throw error
  }
}
