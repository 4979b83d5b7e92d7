import { resolve } from 'node:path'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import { replaceFile } from '#manifest/replace-file.ts'
import type { LoadedObject } from '#manifest/types.ts'
import { counted } from '#views/names.ts'
import { EditError, editInPlace } from '#yaml/edit-in-place.ts'
import { SourceText } from '#yaml/source-text.ts'
import { splitDocuments } from '#yaml/split-documents.ts'
import type { LoadedFinding } from './place.ts'

/** What only mending needs, and other commands load in any case. */
const loadTools = () => import('../bundles/live.ts')

/** A file with what would stand in it. */
interface MendedFile {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly findings: number
}

/** @throws UsageError where there is no file that could be written. */
export function refuseUnwritable(invocation: Invocation): void {
  const stream = invocation.list('filename').find((file) => file === '-' || /^https?:\/\//.test(file))
  if (!invocation.on('fix') || (stream === undefined && invocation.text('kustomize') === undefined)) return
  throw new UsageError('--fix writes files: it cannot fix standard input, URLs and kustomizations')
}

/** What can be mended of one file's findings; one that cannot is told and left. */
async function mend(findings: readonly LoadedFinding[], context: Context): Promise<MendedFile | undefined> {
  const [first] = findings
  if (!first) return undefined
  const { text: source } = first.loaded.origin
  let after = source.text
  let mended = 0
  for (const { fix, check, loaded, location } of inSafeOrder(findings)) {
    const { document, path } = loaded.origin
    const edits = (fix?.edits ?? []).map((edit) => ({ ...edit, document, path: [...path, ...edit.path] }))
    try {
      after = await editInPlace(after, edits)
      mended++
    } catch (error) {
      if (!(error instanceof EditError)) throw error
      const message = `${check.id} has to be fixed by hand: ${error.message}`
      warn([{ severity: 'warning', code: 'by-hand', message, location }], context)
    }
  }
  return mended === 0 ? undefined : { name: source.name, before: source.text, after, findings: mended }
}

/** What stands below first, so that taking it out moves nothing that is still to be edited. */
const inSafeOrder = (findings: readonly LoadedFinding[]) =>
  findings.toSorted((a, b) => b.location.line - a.location.line || b.location.column - a.location.column)

const hidden = '(not shown: this document holds a Secret)'

/** The text with every line of these documents hidden. */
function masked(name: string, text: string, documents: ReadonlySet<number>): string {
  if (documents.size === 0) return text
  const chunks = /^\s*\{/.test(text)
    ? [{ start: 0, end: text.length }]
    : splitDocuments(new SourceText(name, text), 0)
  let out = ''
  let at = 0
  for (const [index, { start, end }] of chunks.entries()) {
    const body = text.slice(start, end)
    out += text.slice(at, start) + (documents.has(index) ? body.replace(/[^\r\n]+/g, hidden) : body)
    at = end
  }
  return out + text.slice(at)
}

async function showDiffs(
  files: readonly MendedFile[],
  objects: readonly LoadedObject[],
  write: (text: string) => void,
  context: Context,
) {
  const { unifiedDiff } = await loadTools()
  for (const { name, before, after } of files) {
    const secrets = objects.filter(({ source, value }) => source === name && value.kind === 'Secret')
    const documents = new Set(secrets.map(({ origin }) => origin.document))
    const side = (text: string) => ({
      label: name,
      text: masked(name, text, documents).replaceAll('\r\n', '\n'),
    })
    const diff = unifiedDiff(side(before), side(after), { style: context.style.stdout })
    write(diff === '' ? `${name} changes where it holds a Secret, which is not shown\n` : diff)
  }
}

/** Asks if somebody is there. @throws KdsError when the answer is no. */
async function askFirst(
  files: readonly MendedFile[],
  invocation: Invocation,
  context: Context,
): Promise<void> {
  if (invocation.on('yes')) return
  const { asker, confirmed, somebodyIsThere } = await loadTools()
  if (!somebodyIsThere(context)) return
  const ask = asker(context)
  try {
    if (await confirmed(ask, `Write ${counted(files.length, 'file')}?`)) return
  } finally {
    ask.close()
  }
  throw new KdsError('cancelled', 'nothing was written')
}

/**
 * Mends what can be mended in place: shows how, asks where somebody is there, and writes. Answers whether files are different
 * now. What it tells goes to `write`.
 */
export async function fixAll(
  findings: readonly LoadedFinding[],
  objects: readonly LoadedObject[],
  invocation: Invocation,
  write: (text: string) => void,
  context: Context,
): Promise<boolean> {
  const fixable = findings.filter(({ fix }) => fix?.edits)
  const names = [...new Set(fixable.map(({ loaded }) => loaded.source))]
  const files: MendedFile[] = []
  for (const name of names) {
    const file = await mend(
      fixable.filter(({ loaded }) => loaded.source === name),
      context,
    )
    if (file) files.push(file)
  }
  const count = counted(
    files.reduce((sum, file) => sum + file.findings, 0),
    'finding',
  )
  if (files.length === 0) {
    write('nothing can be fixed in place\n\n')
    return false
  }
  await showDiffs(files, objects, write, context)
  const where = counted(files.length, 'file')
  if (invocation.on('dry-run')) {
    write(`\n${count} would be fixed in ${where} (dry run)\n\n`)
    return false
  }
  await askFirst(files, invocation, context)
  for (const { name, before, after } of files) await replaceFile(resolve(context.cwd, name), before, after)
  write(`\n${count} fixed in ${where}\n\n`)
  return true
}
