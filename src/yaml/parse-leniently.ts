import type { Engine, Event } from './engine.ts'
import { findLeniency, type Leniency } from './libyaml-leniency.ts'

/** The events of a YAML text, and the text that they point into: js-yaml's reading of what libyaml takes. */
export interface LenientEvents {
  readonly text: string
  readonly events: readonly Event[]
  /** Offsets of the lines in the original text that are indented too little, one for each run of lines. */
  readonly underIndented: readonly number[]
  /** The offset in the original text. */
  original(offset: number): number
}

/**
 * Parses YAML as libyaml, so kubectl, takes it: what js-yaml refuses for its layout alone is laid out anew and parsed once
 * more (`libyaml-leniency.ts` tells what that is).
 *
 * Throws js-yaml's exception, with the position in the original text.
 */
export function parseLeniently(engine: Engine, text: string, maxDepth: number): LenientEvents {
  try {
    const events = engine.parseEvents(text, { maxDepth })
    return { text, events, underIndented: [], original: (offset) => offset }
  } catch (error) {
    if (!(error instanceof engine.YAMLException)) throw error
    const found = findLeniency(text)
    if (found.blanks.length + found.underIndented.length === 0) throw error
    return parseLaidOut(engine, text, found, maxDepth)
  }
}

function parseLaidOut(engine: Engine, text: string, found: Leniency, maxDepth: number): LenientEvents {
  const width = found.enough
  const laidOut = insertSpaces(blanked(text, found.blanks), found.underIndented, width)
  const original = toOriginal(found.underIndented, width)
  try {
    const events = engine.parseEvents(laidOut, { maxDepth })
    return { text: laidOut, events, underIndented: firstOfRuns(text, found.underIndented), original }
  } catch (error) {
    if (error instanceof engine.YAMLException && error.mark)
      error.mark.position = original(error.mark.position)
    throw error
  }
}

/** The text cut at some offsets. */
function cut(text: string, at: readonly number[]): string[] {
  return [0, ...at].map((start, i) => text.slice(start, at[i]))
}

function blanked(text: string, blanks: Leniency['blanks']): string {
  return cut(text, blanks.flat())
    .map((part, i) => (i % 2 === 1 ? ' '.repeat(part.length) : part))
    .join('')
}

const insertSpaces = (text: string, at: readonly number[], width: number) =>
  cut(text, at).join(' '.repeat(width))

/** From an offset behind the insertions to the one before: inside of an insertion, where the line starts. */
function toOriginal(at: readonly number[], width: number): (offset: number) => number {
  return (offset) => {
    let [before, after] = [0, at.length]
    while (before < after) {
      const middle = (before + after) >> 1
      if ((at[middle] ?? 0) + middle * width <= offset) before = middle + 1
      else after = middle
    }
    return Math.max(offset - before * width, at[before - 1] ?? 0)
  }
}

function firstOfRuns(text: string, lines: readonly number[]): number[] {
  return lines.filter((start, i) => {
    const before = lines[i - 1]
    return before === undefined || text.indexOf('\n', before) + 1 !== start
  })
}
