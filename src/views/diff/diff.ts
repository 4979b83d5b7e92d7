import { escapeLine } from '#base/escape.ts'
import { plain, type Style } from '#base/style.ts'
import type { Json } from '#kube/types.ts'
import type { Change } from './changes.ts'
import { type DiffLine, diffLines } from './lines.ts'

export interface Side {
  /** What stands behind `---` and `+++`. */
  readonly label: string
  readonly text: string
}

export interface DiffOptions {
  /** Colours; plain by default. */
  readonly style?: Style
  /** Lines shown around each change. */
  readonly context?: number
}

/** Two texts as `diff -u` shows them; empty if they are the same. */
export function unifiedDiff(before: Side, after: Side, options: DiffOptions = {}): string {
  const { style = plain, context = 3 } = options
  const lines = diffLines(splitLines(before.text), splitLines(after.text))
  const hunks = hunksOf(lines, context)
  if (hunks.length === 0) return ''
  const out = [
    style.bold(`--- ${before.label}`),
    style.bold(`+++ ${after.label}`),
    ...hunks.flatMap((hunk) => [
      style.accent(hunk.head),
      ...hunk.lines.map(({ kind, text }) => {
        if (kind === 'same') return ` ${text}`
        return kind === 'added' ? style.good(`+${text}`) : style.bad(`-${text}`)
      }),
    ]),
  ]
  return `${out.join('\n')}\n`
}

function splitLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

interface Hunk {
  readonly head: string
  readonly lines: readonly DiffLine[]
}

function hunksOf(lines: readonly DiffLine[], context: number): Hunk[] {
  const ranges: [number, number][] = []
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue
    const [from, to] = [Math.max(0, index - context), Math.min(lines.length, index + context + 1)]
    const last = ranges.at(-1)
    if (last && from <= last[1]) last[1] = to
    else ranges.push([from, to])
  }
  return ranges.map(([from, to]) => {
    const part = lines.slice(from, to)
    const range = (gone: DiffLine['kind'], sign: string) => {
      const before = lines.slice(0, from).filter((line) => line.kind !== gone).length
      const count = part.filter((line) => line.kind !== gone).length
      return `${sign}${count === 0 ? before : before + 1}${count === 1 ? '' : `,${count}`}`
    }
    return { head: `@@ ${range('added', '-')} ${range('removed', '+')} @@`, lines: part }
  })
}

/** One line for each field that differs: `+` for new, `-` for gone, `~` for changed ones. Empty if there is none. */
export function changesText(changes: readonly Change[], options: Pick<DiffOptions, 'style'> = {}): string {
  const { style = plain } = options
  return changes
    .map(({ path, before, after }) => {
      const name = escapeLine(path)
      if (before === undefined) return style.good(`+ ${name}: ${valueText(after)}`)
      if (after === undefined) return style.bad(`- ${name}: ${valueText(before)}`)
      return style.warn(`~ ${name}: ${valueText(before)} -> ${valueText(after)}`)
    })
    .map((line) => `${line}\n`)
    .join('')
}

function valueText(value: Json | undefined): string {
  return typeof value === 'string' && value !== '' && !/^\s|\s$/.test(value)
    ? escapeLine(value)
    : escapeLine(JSON.stringify(value ?? null))
}
