import { isUtf8 } from 'node:buffer'
import { KdsError, type Location } from '#base/errors.ts'

/** Of a longer line, as in JSON without line breaks, only what is around a place is of use to a reader. */
const longestLine = 2000
const around = 200

/** The text of one input with the name to show for it; knows the line and column of every offset. */
export class SourceText {
  readonly name: string
  /** Offsets in `text` at which bytes stood that are no UTF-8; kubectl reads U+FFFD there. */
  readonly invalid: readonly number[]
  private readonly make: () => string
  private made: string | undefined
  private lineStarts: readonly number[] | undefined

  /** @param text Or what makes it when somebody asks for it */
  constructor(name: string, text: string | (() => string), invalid: readonly number[] = []) {
    this.name = name
    this.make = typeof text === 'string' ? () => text : text
    this.invalid = invalid
  }

  get text(): string {
    this.made ??= this.make()
    return this.made
  }

  /** Line and column (1-based, in UTF-16 units) of an offset, with the line; of a very long one, what is around the place. */
  at(offset: number): Location {
    const location = this.wholeLine(offset)
    if (location.text !== undefined) return location
    const textFrom = Math.max(1, location.column - around)
    const start = Math.max(0, Math.min(offset, this.text.length)) - location.column + textFrom
    const text = this.lineFrom(start).slice(0, 2 * around)
    return { ...location, text, textFrom }
  }

  /** As {@link at}, but with the whole line or, if it is very long, none of it. */
  wholeLine(offset: number): Location {
    const starts = this.starts()
    const place = Math.max(0, Math.min(offset, this.text.length))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= place) low = middle
      else high = middle - 1
    }
    const start = starts[low] ?? 0
    const text = this.lineFrom(start)
    const location = { file: this.name, line: low + 1, column: place - start + 1 }
    return text.length > longestLine ? location : { ...location, text }
  }

  /** Of all places, the start of a line given by its number from 1. */
  offsetOfLine(line: number): number {
    return line < 1 ? 0 : (this.starts()[line - 1] ?? this.text.length)
  }

  private lineFrom(start: number): string {
    const end = this.text.indexOf('\n', start)
    const line = this.text.slice(start, end < 0 ? this.text.length : end)
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  private starts(): readonly number[] {
    if (this.lineStarts) return this.lineStarts
    const starts = [0]
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.lineStarts = starts
    return starts
  }
}

/**
 * Bytes to text as kubectl does it: a byte order mark selects UTF-8 or UTF-16, without one it is UTF-8, and what is no
 * UTF-8 becomes U+FFFD. Mirrors `FileVisitor.Visit` of k8s.io/cli-runtime (`unicode.BOMOverride`).
 *
 * Throws a `KdsError` for input that is no text at all.
 */
export function decodeText(name: string, bytes: Uint8Array): SourceText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return decodeUtf16(name, 'utf-16le', buffer)
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return decodeUtf16(name, 'utf-16be', buffer)
  const start = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0
  const body = start === 0 ? buffer : buffer.subarray(start)
  refuseBinary(name, body)
  const text = decodeUtf8(name, body)
  // Without U+FFFD in the text nothing had to be replaced; only with it are the bytes worth a second look.
  const suspect = text.includes('\ufffd') && !isUtf8(body)
  return new SourceText(name, text, suspect ? invalidOffsets(body) : [])
}

function decodeUtf8(name: string, body: Buffer): string {
  try {
    return body.toString('utf8')
  } catch (cause) {
    throw new KdsError('too-large', `${name} is larger than kds can read (512 MiB of text)`, { cause })
  }
}

function decodeUtf16(name: string, encoding: 'utf-16le' | 'utf-16be', buffer: Buffer): SourceText {
  const even = buffer.subarray(2, buffer.length - (buffer.length % 2))
  const little = encoding === 'utf-16le' ? even : Buffer.from(even).swap16()
  return new SourceText(name, little.toString('utf16le'))
}

/** A NUL among the first 4 KiB is the mark of a file that no editor wrote. */
function refuseBinary(name: string, body: Buffer): void {
  if (!body.subarray(0, 4096).includes(0)) return
  throw new KdsError('binary-input', `${name} is not a text file`, {
    hint: 'give a YAML or JSON file',
  })
}

/** Where in the decoded text the decoder had to put U+FFFD: those that the bytes do not spell themselves. */
function invalidOffsets(body: Buffer): number[] {
  const offsets: number[] = []
  let at = 0
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(0x0a, start)
    const line = body.subarray(start, end < 0 ? body.length : end + 1)
    const text = line.toString('utf8')
    if (!isUtf8(line)) offsets.push(at + firstInvalid(line))
    at += text.length
    start += line.length
  }
  return offsets
}

function firstInvalid(line: Buffer): number {
  let good = 0
  for (let length = 1; length <= line.length; length++) {
    if (isUtf8(line.subarray(0, length))) good = length
    else if (length - good >= 4) break
  }
  return line.subarray(0, good).toString('utf8').length
}
