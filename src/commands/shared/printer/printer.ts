import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { Json, JsonObject } from '#base/json.ts'
import { meant } from '#base/nearest.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { jsonText } from '#cli/structured.ts'
import { goMapJson } from '#kube/go-text.ts'
import type { KubeObject } from '#kube/types.ts'
import { toYaml } from '#yaml/emit.ts'
import { type JsonPath, parseJsonPath } from './jsonpath/jsonpath.ts'

/** What `-o` asks for: kubectl's printers, and words that a command knows itself. */
export type Output =
  | { readonly kind: 'name' | 'json' | 'yaml' | 'kyaml' | 'wide' }
  | { readonly kind: 'jsonpath'; readonly path: JsonPath; readonly asJson: boolean }

/** What an object is printed as. */
export interface Printer {
  readonly output: Output
  readonly managedFields: boolean
  /** How many documents of a stream were printed. */
  printed: number
}

const plainFormats = ['json', 'kyaml', 'name', 'yaml']
const pathFormats = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file']
const goTemplates = ['go-template', 'go-template-file', 'template', 'templatefile']

/**
 * Reads `-o`, `--template` and `--show-managed-fields`; undefined where no format is asked for.
 *
 * @throws KdsError in kubectl's words for a format there is not.
 */
export function printerOf(
  invocation: Invocation,
  { cwd }: Context,
  more: readonly 'wide'[] = [],
): Printer | undefined {
  const given = invocation.text('output') ?? ''
  // To kubectl a template alone is a Go template.
  const text = given === '' && invocation.given('template') ? 'go-template' : given
  if (text === '') return undefined
  const shared = { managedFields: invocation.on('show-managed-fields'), printed: 0 }
  const allowed = [...plainFormats, ...pathFormats, ...more].sort()
  const [format = '', ...rest] = text.split('=')
  const plain = [...plainFormats, ...more].find((one) => one === text.toLowerCase())
  if (plain !== undefined)
    return { output: { kind: plain as 'name' | 'json' | 'yaml' | 'kyaml' | 'wide' }, ...shared }
  if (pathFormats.includes(format)) {
    const template = rest.length > 0 ? rest.join('=') : (invocation.text('template') ?? '')
    return { output: pathOutput(format, template, cwd), ...shared }
  }
  throw new KdsError(
    'usage',
    `unable to match a printer suitable for the output format ${JSON.stringify(text)}, allowed formats are: ${allowed.join(',')}`,
    goTemplates.includes(format)
      ? { hint: 'kds has no Go templates: use -o jsonpath, or pick fields out of -o json with jq' }
      : meant(format, allowed, (near) => `did you mean -o ${near}?`),
  )
}

function pathOutput(format: string, given: string, cwd: string): Output {
  if (given === '') throw new KdsError('usage', 'template format specified but no template given')
  const template = format === 'jsonpath-file' ? templateFile(given, cwd) : given
  return { kind: 'jsonpath', path: parseJsonPath(template), asJson: format === 'jsonpath-as-json' }
}

function templateFile(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (cause) {
    throw new KdsError('usage', `error reading --template ${path}, ${(cause as Error).message}`, { cause })
  }
}

/**
 * An object as `kubectl -o` prints it; managed fields only where they are asked for. A further one in YAML is a document of its own
 * (cli-runtime's YAMLPrinter).
 */
export async function objectText(object: KubeObject, printer: Printer): Promise<string> {
  if (printer.output.kind === 'name') return `daemonset.apps/${escapeLine(object.metadata?.name ?? '')}\n`
  const start = printer.printed++ > 0 && printer.output.kind === 'yaml' ? '---\n' : ''
  return start + (await documentText(shownOf(object, printer), printer.output))
}

function shownOf(object: KubeObject, { managedFields }: Printer): object {
  const { managedFields: _, ...metadata } = (object.metadata ?? {}) as Record<string, unknown>
  const ordered = { kind: object.kind, apiVersion: object.apiVersion, ...object }
  return managedFields ? ordered : { ...ordered, metadata }
}

/** A document of plain data in one of kubectl's formats. Not for `name`, which is no document. */
export async function documentText(document: object, output: Output): Promise<string> {
  const shown = JSON.parse(JSON.stringify(document)) as Json
  switch (output.kind) {
    case 'jsonpath':
      return output.asJson ? jsonText(output.path.results(shown), 4) : output.path.text(shown)
    case 'yaml':
      return toYaml(shown)
    case 'kyaml':
      return (await import('#commands/bundles/tables.ts')).toKyaml(shown)
    default:
      return jsonText(shown, 4)
  }
}

/** Several objects as `kubectl apply` prints them: one as it is, others as a List. Keys of objects are sorted, those of the List are not. */
export async function objectsText(objects: readonly KubeObject[], printer: Printer): Promise<string> {
  const items: JsonObject[] = objects.map((object) =>
    JSON.parse(goMapJson(shownOf(object, printer) as JsonObject)),
  )
  const [only] = items
  const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items }
  return documentText(only && items.length === 1 ? only : list, printer.output)
}
