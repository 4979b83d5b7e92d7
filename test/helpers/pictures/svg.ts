/** A terminal's text as SVG: what kds wrote, with its colours, on a light or a dark ground. */
import { displayWidth } from '#base/width.ts'

export interface Theme {
  readonly ground: string
  readonly frame: string
  readonly text: string
  readonly faint: string
}

export const themes: Readonly<Record<'light' | 'dark', Theme>> = {
  light: { ground: '#ffffff', frame: '#d0d7de', text: '#1f2328', faint: '#656d76' },
  dark: { ground: '#0d1117', frame: '#30363d', text: '#e6edf3', faint: '#8b949e' },
}

const cell = { width: 8.4, height: 19, size: 14 }
const margin = 18

interface Look {
  readonly colour?: string | undefined
  readonly bold?: boolean
  readonly faint?: boolean
  readonly inverse?: boolean
}

interface Run extends Look {
  readonly text: string
  readonly column: number
}

/** A colour of the table of 256: only its cube has no theme. */
function ofTable(number: number): string {
  const at = number - 16
  const steps = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6]
  return `#${steps.map((step) => (step === 0 ? 0 : 55 + 40 * step).toString(16).padStart(2, '0')).join('')}`
}

/** The look after a code of colours or weights, as kds writes them. */
function after(look: Look, code: string): Look {
  const table = /^38;5;(\d+)$/.exec(code)
  if (table) return { ...look, colour: ofTable(Number(table[1])) }
  switch (code) {
    case '1':
      return { ...look, bold: true }
    case '2':
      return { ...look, faint: true }
    case '7':
      return { ...look, inverse: true }
    case '22':
      return { ...look, bold: false, faint: false }
    case '27':
      return { ...look, inverse: false }
    case '39':
      return { ...look, colour: undefined }
  }
  throw new Error(`no picture knows the code ${code}`)
}

/** A line in pieces of one look each; the look goes on over line ends. */
function runsOf(line: string, look: Look): { readonly runs: readonly Run[]; readonly look: Look } {
  const runs: Run[] = []
  let column = 0
  let now = look
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours
  for (const [at, part] of line.split(/\u001b\[([\d;]+)m/).entries()) {
    if (at % 2 === 1) now = after(now, part)
    else if (part !== '') {
      runs.push({ ...now, text: part, column })
      column += displayWidth(part)
    }
  }
  return { runs, look: now }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const xml = (text: string) => text.replace(/[&<>]/g, (found) => entities[found] ?? found)
const round = (value: number) => String(Math.round(value * 10) / 10)

/** Words of a run, each where it stands: what reads SVG makes one space of several. */
function* wordsOf({ column, text }: Run): Generator<{ readonly word: string; readonly column: number }> {
  for (const found of text.matchAll(/\S+(?: \S+)*/g))
    yield { word: found[0], column: column + displayWidth(text.slice(0, found.index)) }
}

const xOf = (column: number) => round(margin + column * cell.width)
const widthOf = (text: string) => round(displayWidth(text) * cell.width)

function drawnRun(run: Run, theme: Theme): string {
  const { bold, column, colour, faint, inverse, text } = run
  const own = colour ?? (faint ? theme.faint : theme.text)
  const ground = inverse
    ? `<rect x="${xOf(column)}" y="1" width="${widthOf(text)}" height="${cell.height - 2}" fill="${own}"/>`
    : ''
  const weight = bold || inverse ? ' font-weight="bold"' : ''
  const fill = inverse ? theme.ground : own
  const words = [...wordsOf(run)].map(
    ({ word, column: at }) =>
      `<text x="${xOf(at)}" y="14" textLength="${widthOf(word)}" fill="${fill}"${weight}>${xml(word)}</text>`,
  )
  return ground + words.join('')
}

/** The lines of a text, each drawn as from y = 0. */
function drawnLines(text: string, theme: Theme): string[] {
  let look: Look = {}
  return text.split('\n').map((line) => {
    const read = runsOf(line, look)
    look = read.look
    return read.runs.map((run) => drawnRun(run, theme)).join('')
  })
}

const wholeWidth = (columns: number) => round(columns * cell.width + 2 * margin)
const wholeHeight = (rows: number) => round(rows * cell.height + 2 * margin)

function page(title: string, columns: number, rows: number, theme: Theme, body: string): string {
  const [width, height] = [wholeWidth(columns), wholeHeight(rows)]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${xml(title)}</title>
<rect x="0.5" y="0.5" width="${round(Number(width) - 1)}" height="${round(Number(height) - 1)}" rx="8" fill="${theme.ground}" stroke="${theme.frame}"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${cell.size}">
${body}
</g>
</svg>
`
}

const placed = (line: string, row: number) =>
  line === '' ? [] : [`<g transform="translate(0 ${round(margin + row * cell.height)})">${line}</g>`]

/** A still picture of what a terminal of so many columns shows. */
export function picture(title: string, text: string, columns: number, theme: Theme): string {
  const lines = drawnLines(text.trimEnd(), theme)
  return page(title, columns, lines.length, theme, lines.flatMap(placed).join('\n'))
}

/** What a terminal shows for a while. */
export interface Frame {
  readonly text: string
  readonly seconds: number
}

/**
 * A terminal over time, again and again: CSS shows one frame after the other. Lines that several frames have are drawn once. Who
 * wants no motion sees the frame `still`.
 */
export function cast(
  title: string,
  frames: readonly Frame[],
  columns: number,
  theme: Theme,
  still: number,
): string {
  const drawn = frames.map(({ text }) => drawnLines(text.trimEnd(), theme))
  const known = new Map<string, string>()
  for (const line of drawn.flat()) if (line !== '' && !known.has(line)) known.set(line, `l${known.size}`)
  const whole = frames.reduce((sum, { seconds }) => sum + seconds, 0)
  const percent = (seconds: number) => `${round((seconds / whole) * 100)}%`
  let began = 0
  const steps = frames.map(({ seconds }, at) => {
    const [from, to] = [percent(began), percent(began + seconds)]
    began += seconds
    const hidden = from === '0%' ? '' : '0%{visibility:hidden}'
    const end = to === '100%' ? '' : `${to}{visibility:hidden}`
    return `@keyframes k${at}{${hidden}${from}{visibility:visible}${end}}.f${at}{animation-name:k${at}}`
  })
  const body = [
    `<style>.f{visibility:hidden;animation:${round(whole)}s step-end infinite}`,
    ...steps,
    `@media (prefers-reduced-motion:reduce){.f{animation:none}.f${still}{visibility:visible}}</style>`,
    '<defs>',
    ...[...known].map(([line, id]) => `<g id="${id}">${line}</g>`),
    '</defs>',
    ...drawn.map((lines, at) => {
      const uses = lines.flatMap((line, row) =>
        line === '' ? [] : [`<use href="#${known.get(line)}" y="${round(margin + row * cell.height)}"/>`],
      )
      return `<g class="f f${at}">${uses.join('')}</g>`
    }),
  ]
  const rows = Math.max(...drawn.map((lines) => lines.length))
  return page(title, columns, rows, theme, body.join('\n'))
}
