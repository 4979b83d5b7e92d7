import type { Engine, Event } from './engine.ts'

/** A text that parses, made from one that nearly does, with its events. */
export interface Padding {
  readonly text: string
  readonly events: readonly Event[]
  /** Offsets of the lines in the original text that were indented further, one for each run of lines. */
  readonly padded: readonly number[]
  /** The offset in the original text. */
  original(offset: number): number
}

/** A file with more such lines than this has lost a quote; it is refused with the parser's own words. */
const maxLines = 2000

/** Tabs beside the punctuation of `[...]` and `{...}`, outside quotes: js-yaml counts them as indentation. */
const flowTab = /"(?:[^"\\]|\\.)*"|'[^']*'|(?<=[,{[:][ \t]*)\t|\t(?=[ \t]*[:,}\]])/g

function spaceForTabs(text: string, start: number): string {
  const newline = text.indexOf('\n', start)
  const end = newline < 0 ? text.length : newline
  const line = text.slice(start, end).replace(flowTab, (match) => (match === '\t' ? ' ' : match))
  return text.slice(0, start) + line + text.slice(end)
}

/**
 * Parses YAML, and lets quoted strings, `[...]` and `{...}` go on in lines of any indentation: YAML wants them indented
 * further than their parent, libyaml and so kubectl never looks. The space added in front of such a line has no meaning
 * of its own in either place.
 *
 * Throws js-yaml's exception, with the position in the original text.
 */
export function padUnderIndented(engine: Engine, source: string, maxDepth: number): Padding {
  let original = source
  const inserts: number[] = []
  let width = 0
  for (;;) {
    const text = insertSpaces(original, inserts, width)
    try {
      const events = engine.parseEvents(text, { maxDepth })
      return { text, events, padded: firstOfRuns(original, inserts), original: toOriginal(inserts, width) }
    } catch (error) {
      if (!(error instanceof engine.YAMLException) || !error.mark) throw error
      const position = toOriginal(inserts, width)(error.mark.position)
      const line = original.lastIndexOf('\n', position - 1) + 1
      error.mark.position = position
      const again = inserts.includes(line) || inserts.length >= maxLines
      if (error.reason !== 'deficient indentation' || again) {
        const spaced = /[[{]/.test(source) ? spaceForTabs(original, line) : original
        if (spaced === original) throw error
        original = spaced
        continue
      }
      width ||= widest(original) + 1
      inserts.push(line)
      inserts.sort((a, b) => a - b)
    }
  }
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
