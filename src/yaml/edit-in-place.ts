import type { FieldEdit } from '#base/field-path.ts'
import { isObject, type Json, type JsonObject, sameJson, setKey } from '#base/json.ts'
import { EditableDocument, EditError } from './editable-document.ts'
import { loadYamlLibrary } from './library.ts'
import { parseDocuments } from './parse-documents.ts'
import { SourceText } from './source-text.ts'
import { splitDocuments } from './split-documents.ts'

export { EditError }

/** An edit of one of a text's documents, counted from 0 as {@link parseDocuments} does. */
interface DocumentEdit extends FieldEdit {
  readonly document: number
}

/**
 * YAML or JSON with values set and taken out. Nothing else moves: comments, order, indentation, quotes, line ends. A mapping or
 * list that becomes empty goes, too. The result has been read again, and says what was asked and nothing more.
 *
 * @throws EditError where that cannot be done: behind aliases, and in several JSON objects after each other.
 */
export async function editInPlace(text: string, edits: readonly DocumentEdit[]): Promise<string> {
  const library = await loadYamlLibrary()
  const before = await valuesOf(text)
  let edited = text
  const wanted = [...before]
  for (const edit of inSafeOrder(edits)) {
    const { start, end } = chunkOf(edited, edit.document)
    const chunk = new EditableDocument(library, edited.slice(start, end))
    edited = edited.slice(0, start) + chunk.edited(edit) + edited.slice(end)
    wanted[edit.document] = applied(wanted[edit.document] ?? null, edit)
  }
  const after = await valuesOf(edited).catch(() => undefined)
  if (!after || !sameJson(after, wanted))
    throw new EditError('the file is written in a way that cannot be edited in place')
  return edited
}

const valuesOf = async (text: string): Promise<Json[]> =>
  (await parseDocuments(new SourceText('', text))).documents.map(({ value }) => value)

/** Items of lists from the last to the first, so that no path points at another item once one is gone. */
function inSafeOrder(edits: readonly DocumentEdit[]): DocumentEdit[] {
  const key = ({ path }: DocumentEdit) =>
    path.map((step) => (typeof step === 'number' ? String(step).padStart(9, '0') : step)).join('\u0000')
  const removals = edits.filter(({ value }) => value === undefined)
  const sets = edits.filter(({ value }) => value !== undefined)
  return [...sets, ...removals.sort((a, b) => (key(a) < key(b) ? 1 : -1))]
}

function chunkOf(text: string, document: number): { readonly start: number; readonly end: number } {
  if (/^\s*\{/.test(text)) {
    try {
      JSON.parse(text)
      return { start: 0, end: text.length }
    } catch {
      // YAML in braces; several JSON objects fail the check at the end.
    }
  }
  const chunk = splitDocuments(new SourceText('', text), 0)[document]
  if (!chunk) throw new EditError('the file holds several JSON objects one after the other')
  return chunk
}

/** The value with an edit made, what becomes empty taken out. */
function applied(value: Json, { path, value: wanted }: FieldEdit): Json {
  const [step, ...rest] = path
  if (step === undefined) return wanted ?? null
  const gone = (part: Json | undefined) =>
    wanted === undefined &&
    (part === undefined || (typeof part === 'object' && part !== null && Object.keys(part).length === 0))
  const below = (part: Json | undefined): Json | undefined =>
    rest.length === 0
      ? wanted
      : applied(part ?? {}, { path: rest, ...(wanted === undefined ? {} : { value: wanted }) })
  if (Array.isArray(value)) {
    const part = below(value[Number(step)])
    return value.flatMap((item, at) => (at !== step ? [item] : gone(part) ? [] : [part ?? null]))
  }
  const copy: JsonObject = isObject(value) ? { ...value } : {}
  const part = below(copy[step])
  if (gone(part)) delete copy[step]
  else setKey(copy, String(step), part ?? null)
  return copy
}
