import { loadEngine } from './engine.ts'
import { Incoming, NotPlain } from './incoming.ts'
import { type KeepItem, readLargeJson } from './large-json.ts'
import { readLargeYaml } from './large-yaml.ts'
import { jsonDocument, jsonStart, parseDocuments, sniffed } from './parse-documents.ts'
import { describe, type Parsed, type ParsedDocument } from './parse-yaml.ts'
import { decodeText, SourceText } from './source-text.ts'

/** An input that is read while it comes. */
export interface Arriving {
  readonly name: string
  /** Its bytes, asked for once. A piece may be written over when the next is asked for. */
  pieces(): AsyncIterator<Uint8Array>
  /** All of it, however much the pieces have brought. */
  whole(): Promise<SourceText>
  /** Its text once more, at once; after the pieces have brought all. */
  again: () => string
}

const manyBytes = 1_000_000

/**
 * All documents of an input, as `parseDocuments` tells them. A large list is read item by item while it arrives, and only what is
 * kept of them is held; its text comes back when somebody asks for a place in it.
 *
 * @param keep Handed each item of such a list and answers what stays of it; other objects are whole.
 * @param large An input of fewer bytes is parsed as a whole
 */
export async function parseArriving(input: Arriving, keep: KeepItem, large = manyBytes): Promise<Parsed> {
  const pieces = input.pieces()
  const text = new Incoming(pieces)
  try {
    await text.atLeast(large)
    if (text.ended) return await parseDocuments(decodeText(input.name, text.bytes))
    return await readLargeList(text, input, keep)
  } catch (error) {
    // What is nested too deep to be looked through is read as a whole, too.
    if (!(error instanceof NotPlain || error instanceof RangeError)) throw error
  } finally {
    await pieces.return?.()
  }
  return parseDocuments(await input.whole())
}

const byteOrderMark = Buffer.from('\ufeff')

/**
 * The one document of a text that is a large list.
 *
 * @throws NotPlain where the text has to be parsed as a whole
 */
async function readLargeList(
  text: Incoming,
  { again, name }: Pick<Arriving, 'again' | 'name'>,
  keep: KeepItem,
): Promise<Parsed> {
  await text.atLeast(sniffed)
  if (text.bytes.indexOf(byteOrderMark) === 0) text.drop(byteOrderMark.length)
  const source = new SourceText(name, again)
  const start = jsonStart(text.bytes.toString('utf8', 0, sniffed))
  if (start !== undefined) {
    const value = await readLargeJson(text, keep)
    return { documents: [jsonDocument(source, start, value)], diagnostics: [] }
  }
  const { place, remarks, value } = await readLargeYaml(await loadEngine(), text, keep)
  const locate: ParsedDocument['locate'] = (path, part = 'value') => source.at(place(source.text, path, part))
  return {
    documents: [{ value, locate }],
    diagnostics: remarks.map((remark) => describe(remark, source.at(remark.offset))),
  }
}
