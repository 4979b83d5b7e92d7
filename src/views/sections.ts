import type { Style } from '#base/style.ts'
import { wrapped } from '#base/wrap.ts'
import { counted, type Names, sampleNames } from './names.ts'

export interface TextOptions {
  readonly style: Style
  /** Columns of the terminal, or of the text where there is none. */
  readonly width: number
  /** Symbols beside the words; a terminal only. */
  readonly symbols: boolean
}

/** Nodes that share their reasons. Reasons and names come escaped or are escaped here; `names` is not empty. */
export interface Group {
  readonly reasons: readonly string[]
  readonly names: Names
  /** How many of the section's things it stands for, where that is not the number of its names. */
  readonly count?: number
}

/** Nodes that share their result, the largest group first. */
export interface Section {
  readonly mark: string
  /** The mark is a part of the answer and stands in pipes too, not on terminals only. */
  readonly asciiMark?: boolean
  /** Stands before the number of nodes: `create on`. */
  readonly title: string
  /** What the title means, if it does not say it all. */
  readonly note: string
  readonly paint: (text: string) => string
  readonly groups: readonly Group[]
  /** What is counted: `node`, unless it is said. */
  readonly noun?: string
}

/** Groups beyond this many are counted, not shown: the whole fits a screen. */
const shownGroups = 18
const indent = 6
const pad = ' '.repeat(indent)

function groupLines(group: Group, { style, width }: TextOptions): string[] {
  const names = sampleNames(group.names, width - indent)
  return [
    ...group.reasons.flatMap((reason) => wrapped(reason, width, pad)),
    ...wrapped(names, width, pad).map((line) => style.dim(line)),
  ]
}

const countOf = ({ count, names }: Group) => count ?? names.length
const size = (groups: readonly Group[]) => groups.reduce((sum, group) => sum + countOf(group), 0)

function sectionLines(section: Section, shown: number, options: TextOptions): string[] {
  const { asciiMark, groups, mark, note, noun = 'node', paint, title } = section
  const sign = options.symbols || asciiMark ? `${mark} ` : ''
  const meaning = note === '' ? '' : `${title.endsWith(':') ? ',' : ':'} ${note}`
  const lines = [`${paint(`${sign}${title}`)} ${options.style.bold(counted(size(groups), noun))}${meaning}`]
  for (const group of groups.slice(0, shown)) {
    const [first = '', ...rest] = groupLines(group, options)
    const count = groups.length > 1 ? `${String(countOf(group)).padStart(indent - 1)} ` : pad
    lines.push(first.replace(pad, count), ...rest)
  }
  const hidden = groups.slice(shown)
  if (hidden.length > 0) {
    const reasons = hidden.length === 1 ? 'one other reason' : `${hidden.length} other reasons`
    lines.push(`${pad}${counted(size(hidden), `more ${noun}`)} for ${reasons}: -o wide lists them`)
  }
  return lines
}

/** Sections with an empty line before each; empty ones are left out. */
export function sectionsText(sections: readonly Section[], options: TextOptions): string[] {
  const filled = sections.filter((section) => section.groups.length > 0)
  const shown = Math.max(6, Math.floor(shownGroups / Math.max(1, filled.length)))
  return filled.flatMap((section) => ['', ...sectionLines(section, shown, options)])
}
