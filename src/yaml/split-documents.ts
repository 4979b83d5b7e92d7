import { KdsError } from '#base/errors.ts'
import type { SourceText } from './source-text.ts'

/** A stretch of text with one YAML document. */
export interface Chunk {
  readonly start: number
  readonly end: number
  /** Where text stands that belongs to no document: kubectl never looks at what follows `...`. */
  readonly ignoredFrom: number | undefined
}

/**
 * Cuts a text at its separators as kubectl does: a line that starts with `---` separates, whatever it stands in, and
 * may go on with a comment only. Mirrors `YAMLReader.Read` of k8s.io/apimachinery. Throws on `--- text`.
 */
export function splitDocuments(source: SourceText, from: number): Chunk[] {
  const { text } = source
  const chunks: Chunk[] = []
  const marks = endMarks(text)
  let start = from
  for (let line = nextSeparator(text, from); line >= 0; line = nextSeparator(text, line + 3)) {
    const newline = text.indexOf('\n', line)
    const end = newline < 0 ? text.length : newline + 1
    checkSeparator(source, line, end)
    // A separator on top of its document is part of it, and harmless there.
    if (start === line) continue
    chunks.push(cutAtEnd(source, start, line, marks))
    start = end
  }
  if (start < text.length) chunks.push(cutAtEnd(source, start, text.length, marks))
  return chunks
}

function nextSeparator(text: string, from: number): number {
  if ((from === 0 || text[from - 1] === '\n') && text.startsWith('---', from)) return from
  const found = text.indexOf('\n---', Math.max(0, from - 1))
  return found < 0 ? -1 : found + 1
}

function checkSeparator(source: SourceText, line: number, end: number) {
  const rest = source.text.slice(line + 3, end)
  const offset = line + 3 + (rest.length - rest.trimStart().length)
  if (rest.trim() === '' || rest.trimStart().startsWith('#')) return
  throw new KdsError('bad-separator', '`---` must be alone on its line', {
    location: source.at(offset),
    hint: 'move what follows `---` to the next line; a comment may stay',
  })
}

const documentEnd = /^\.\.\.(?=\s|$)/gm
const content = /^(?!---)[ \t]*[^\s#]/m

/** The first line break before `...` from an offset on; for rising offsets the text is searched once in all. */
function endMarks(text: string): (from: number) => number {
  let found = text.indexOf('\n...')
  return (from) => {
    if (found >= 0 && found < from) found = text.indexOf('\n...', from)
    return found < 0 ? text.length : found
  }
}

/** Only the first document of a chunk counts; `...` ends it. */
function cutAtEnd(source: SourceText, start: number, end: number, marks: (from: number) => number): Chunk {
  const { text } = source
  if (marks(start) >= end && !text.startsWith('...', start)) return { start, end, ignoredFrom: undefined }
  const chunk = text.slice(start, end)
  for (const match of chunk.matchAll(documentEnd)) {
    if (!content.test(chunk.slice(0, match.index)) && !chunk.startsWith('---')) {
      throw new KdsError('bad-document-end', '`...` ends a document, yet none has begun', {
        location: source.at(start + match.index),
        hint: 'remove the line',
      })
    }
    const after = match.index + 3
    const ignored = content.exec(chunk.slice(after))
    return {
      start,
      end: start + after,
      ignoredFrom: ignored ? start + after + ignored.index + ignored[0].length - 1 : undefined,
    }
  }
  return { start, end, ignoredFrom: undefined }
}
