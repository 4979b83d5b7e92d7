import type { Engine, Event } from './engine.ts'

/** A text that js-yaml parses, made from one that only libyaml does, with its events. */
export interface Mended {
  readonly text: string
  readonly events: readonly Event[]
  /** Offsets of the lines in the original text that were indented further, one for each run of lines. */
  readonly padded: readonly number[]
  /** The offset in the original text. */
  original(offset: number): number
}

/**
 * Each mended line costs another parse of the whole text; this many characters in all take about two seconds. A file that
 * needs more has lost a quote, and is refused with the parser's own words. No program that writes dumps writes such lines.
 */
const maxParsed = 100_000_000

/**
 * Parses YAML, and mends what js-yaml refuses and libyaml, so kubectl, does not:
 *
 * - Quoted strings, `[...]` and `{...}` may go on in lines of any indentation. YAML wants them indented further than their
 *   parent, libyaml never looks; spaces in front of such a line have no meaning of their own.
 * - Tabs beside the punctuation of `[...]` and `{...}` become spaces.
 * - A comment may follow a closing quote at once.
 *
 * Throws js-yaml's exception, with the position in the original text.
 */
export function parseMended(engine: Engine, original: string, maxDepth: number): Mended {
  const inserts: number[] = []
  let width = 0
  let parsed = 0
  let base = original
  for (;;) {
    const text = insertSpaces(base, inserts, width)
    try {
      const events = engine.parseEvents(text, { maxDepth })
      return { text, events, padded: firstOfRuns(original, inserts), original: toOriginal(inserts, width) }
    } catch (error) {
      if (!(error instanceof engine.YAMLException) || !error.mark) throw error
      const position = toOriginal(inserts, width)(error.mark.position)
      error.mark.position = position
      parsed += base.length
      if (parsed > maxParsed) throw error
      const line = base.lastIndexOf('\n', position - 1) + 1
      const replaced = replaceInLine(base, line, position)
      if (replaced !== base) base = replaced
      else if (error.reason !== 'deficient indentation' || inserts.includes(line)) throw error
      else {
        width ||= widest(base) + 1
        inserts.push(line)
        inserts.sort((a, b) => a - b)
      }
    }
  }
}

/** Tabs beside flow punctuation; quoted strings are matched to be left alone. */
const flowTab = /"(?:[^"\\]|\\.)*"|'[^']*'|(?<=[,{[:][ \t]*)\t|\t(?=[ \t]*[:,}\]])/g

/** Mends that keep every offset: tabs in a line with brackets, a comment at the very position. */
function replaceInLine(text: string, start: number, position: number): string {
  const newline = text.indexOf('\n', start)
  const end = newline < 0 ? text.length : newline
  if (text[position] === '#' && /["']/.test(text[position - 1] ?? '')) {
    return text.slice(0, position) + ' '.repeat(end - position) + text.slice(end)
  }
  const line = text.slice(start, end)
  const isFlow = /[[{\]}]/.test(line)
  if (!isFlow || !line.includes('\t')) return text
  return (
    text.slice(0, start) + line.replace(flowTab, (found) => (found === '\t' ? ' ' : found)) + text.slice(end)
  )
}

function widest(text: string): number {
  let most = 0
  for (const [indent] of text.matchAll(/^ +/gm)) most = Math.max(most, indent.length)
  return most
}

function insertSpaces(text: string, at: readonly number[], width: number): string {
  if (at.length === 0) return text
  const space = ' '.repeat(width)
  return at
    .map((start, i) => space + text.slice(start, at[i + 1]))
    .reduce((all, part) => all + part, text.slice(0, at[0]))
}

function toOriginal(at: readonly number[], width: number): (offset: number) => number {
  if (at.length === 0) return (offset) => offset
  return (offset) => {
    let before = 0
    for (const start of at) {
      const shifted = start + before * width
      if (offset < shifted) break
      if (offset < shifted + width) return start
      before++
    }
    return offset - before * width
  }
}

function firstOfRuns(text: string, lines: readonly number[]): number[] {
  return lines.filter((start, i) => {
    const before = lines[i - 1]
    return before === undefined || text.indexOf('\n', before) + 1 !== start
  })
}
