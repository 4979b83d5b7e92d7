import { type Diagnostic, KdsError, type Location } from '#base/errors.ts'
import type { Json } from '#base/json.ts'
import { type Composed, ComposeError, compose, type Remark } from './compose.ts'
import { type Engine, type Event, loadEngine } from './engine.ts'
import { explainSyntax } from './explain-syntax.ts'
import { findOffset } from './layout.ts'
import { type LenientEvents, parseLeniently } from './parse-leniently.ts'
import { readPlainBlocks } from './plain-blocks.ts'
import type { SourceText } from './source-text.ts'
import { type Chunk, splitDocuments } from './split-documents.ts'
import { YamlLayout } from './yaml-layout.ts'

/** One document: its value, and on demand the place of every field in it. */
export interface ParsedDocument {
  readonly value: Json
  /** The nearest existing ancestor's place, if there is nothing at `path`. */
  locate(path: readonly (string | number)[], part?: 'key' | 'value'): Location
}

export interface Parsed {
  readonly documents: readonly ParsedDocument[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Deeper than any Kubernetes object, and shallow enough for the parser's stack. */
export const maxDepth = 1000

// biome-ignore lint/suspicious/noControlCharactersInRegex: YAML 1.1 forbids them anywhere
export const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

/** Below this many characters events are kept for positions; above, they are parsed again when somebody asks. */
const keepBelow = 1_000_000

/** Reads YAML documents from `from` on as kubectl does. Throws a `KdsError` for what kubectl refuses. */
export async function parseYaml(source: SourceText, from = 0): Promise<Parsed> {
  const engine = await loadEngine()
  const diagnostics: Diagnostic[] = []
  const chunks = splitDocuments(source, from)
  const documents = chunks.map((chunk) => readChunk(engine, source, chunk, diagnostics))
  return { documents, diagnostics }
}

const blank = /^(?:---)?[ \t\r\n]*$/
const longestBlank = 100

function readChunk(engine: Engine, source: SourceText, chunk: Chunk, out: Diagnostic[]): ParsedDocument {
  const { start, end } = chunk
  // Left over between separators, often by the thousand: not worth a parser's work.
  if (end - start < longestBlank && blank.test(source.text.slice(start, end)))
    return { value: null, locate: () => source.at(start) }
  const plain = source.invalid.length > 0 ? undefined : readPlainBlocks(engine, source.text.slice(start, end))
  const whole = plain === undefined ? readWhole(engine, source, chunk, out) : undefined
  let place: ParsedDocument['locate'] | undefined
  return {
    value: plain ?? whole?.value ?? null,
    locate(path, part) {
      place ??= placesIn(engine, source, chunk, whole?.events ?? parseChunk(engine, source, chunk))
      return place(path, part)
    },
  }
}

/** What the whole parser makes of a chunk, with its events where they are worth keeping for positions. */
function readWhole(engine: Engine, source: SourceText, chunk: Chunk, out: Diagnostic[]) {
  const lenient = parseChunk(engine, source, chunk)
  const at = (offset: number) => source.at(chunk.start + lenient.original(offset))
  const { value, remarks } = composeChunk(engine, source, chunk, lenient)
  for (const offset of lenient.underIndented) out.push(underIndented(source.at(chunk.start + offset)))
  for (const remark of remarks) out.push(describe(remark, at(remark.offset)))
  if (chunk.ignoredFrom !== undefined) out.push(ignored(source.at(chunk.ignoredFrom)))
  checkUtf8(engine, source, chunk, lenient, out)
  return { value, events: chunk.end - chunk.start < keepBelow ? lenient : undefined }
}

function placesIn(
  engine: Engine,
  source: SourceText,
  chunk: Chunk,
  { events, original, text }: LenientEvents,
): ParsedDocument['locate'] {
  const layout = new YamlLayout(engine, text, events)
  return (path, part = 'value') => source.at(chunk.start + original(findOffset(layout, path, part)))
}

function parseChunk(engine: Engine, source: SourceText, chunk: Chunk): LenientEvents {
  const text = source.text.slice(chunk.start, chunk.end)
  const bad = text.search(control)
  if (bad >= 0) throw controlCharacter(source, chunk.start + bad)
  try {
    return parseLeniently(engine, text, maxDepth)
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep(source.at(chunk.start))
    if (!(cause instanceof engine.YAMLException)) throw cause
    const offset = chunk.start + (cause.mark?.position ?? 0)
    if (/maxDepth/.test(cause.reason)) throw tooDeep(source.at(offset))
    throw explainSyntax(source, chunk.start, chunk.end, offset, cause.reason, cause)
  }
}

const hints: Readonly<Record<string, string>> = {
  'alias-bomb': 'write the values out instead of `*aliases`; kubectl refuses such a file, too',
  'unknown-anchor': 'quote the value if it is meant to start with `*`',
  'bad-key': 'quote the key; `{{ ... }}` in an unrendered template is read as one, too',
}

function composeChunk(engine: Engine, source: SourceText, chunk: Chunk, lenient: LenientEvents): Composed {
  try {
    return compose(engine, lenient.text, lenient.events)
  } catch (cause) {
    if (!(cause instanceof ComposeError)) throw cause
    const offset = chunk.start + lenient.original(Math.max(0, cause.offset))
    if (cause.code === 'bad-key') {
      const explained = explainSyntax(source, chunk.start, chunk.end, offset, cause.message, cause)
      if (explained.code === 'helm-template') throw explained
    }
    const hint = hints[cause.code] ?? 'fix the line; `kubectl apply` refuses this file, too'
    throw new KdsError(cause.code, cause.message, { location: source.at(offset), hint, cause })
  }
}

function controlCharacter(source: SourceText, offset: number): KdsError {
  const code = source.text.charCodeAt(offset).toString(16).padStart(4, '0')
  return new KdsError(
    'control-character',
    `the control character U+${code.toUpperCase()} is not allowed in YAML`,
    {
      location: source.at(offset),
      hint: 'remove it, or write it as an escape in double quotes',
    },
  )
}

const tooDeep = (location: Location) =>
  new KdsError('too-deep', `nested more than ${maxDepth} levels deep`, {
    location,
    hint: 'no Kubernetes object is nested like this: check how the file was made',
  })

/** What is told of what kubectl reads in silence. */
export function describe(remark: Remark, location: Location): Diagnostic {
  if (remark.code !== 'duplicate-key') {
    const hint = 'quote it where a string is meant'
    return { severity: 'warning', code: remark.code, message: remark.message, location, hint }
  }
  return duplicateKey(remark.message, location)
}

/** The warning for a key that its mapping has already had. */
export function duplicateKey(name: string, location: Location): Diagnostic {
  return {
    severity: 'warning',
    code: 'duplicate-key',
    message: `the key ${JSON.stringify(name)} is set twice; this last one counts`,
    location,
    hint: 'remove one of the two: other tools refuse the file',
  }
}

const underIndented = (location: Location): Diagnostic => ({
  severity: 'warning',
  code: 'under-indented',
  message:
    'a quoted string or a `[...]`, `{...}` continues here with too little indentation; read as kubectl reads it',
  location,
  hint: 'look for a missing closing quote or bracket above, or indent the line',
})

const ignored = (location: Location): Diagnostic => ({
  severity: 'warning',
  code: 'ignored-text',
  message: 'what follows `...` is ignored, as kubectl does',
  location,
  hint: 'separate documents with `---`',
})

/** Bytes that are no UTF-8 are harmless in a comment; in a value they would silently become another one. */
function checkUtf8(
  engine: Engine,
  source: SourceText,
  chunk: Chunk,
  lenient: LenientEvents,
  out: Diagnostic[],
) {
  for (const offset of source.invalid) {
    if (offset < chunk.start || offset >= chunk.end) continue
    const inValue = lenient.events.some((event) => covers(engine, event, lenient, offset - chunk.start))
    if (inValue) throw invalidUtf8(source, offset)
    out.push({
      severity: 'warning',
      code: 'invalid-utf8',
      message: 'a comment is not valid UTF-8',
      location: source.at(offset),
      hint: 'save the file as UTF-8',
    })
  }
}

function covers(engine: Engine, event: Event, lenient: LenientEvents, offset: number): boolean {
  if (event.type !== engine.EVENT_ID.SCALAR || event.valueStart < 0) return false
  return lenient.original(event.valueStart) <= offset && offset < lenient.original(event.valueEnd)
}

export function invalidUtf8(source: SourceText, offset: number): KdsError {
  return new KdsError('invalid-utf8', 'this line is not valid UTF-8', {
    location: source.at(offset),
    hint: 'save the file as UTF-8: iconv -f latin1 -t utf-8 FILE',
  })
}
