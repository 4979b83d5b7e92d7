import { displayWidth } from '#base/width.ts'
import { wrapped } from '#base/wrap.ts'

/** As {@link wrapped}, the first line without the indent that the others get. */
function wrap(text: string, width: number, indent = 0): string {
  return wrapped(text.replace(/\s+/g, ' '), width, ' '.repeat(indent)).join('\n').trimStart()
}

/** Paragraphs wrapped; lines that begin with a space are kept as they are. */
export function paragraphs(text: string, width: number): string {
  return text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n{2,}/)
    .map((part) => (part.startsWith(' ') ? part : wrap(part, width)))
    .join('\n\n')
}

/** Terms wider than this get a line of their own. */
const widestTerm = 30

/** Terms with their meanings beside them, wrapped where they begin. No table: cli-table3 would make help half as slow again. */
export function definitionList(
  rows: readonly (readonly [term: string, meaning: string])[],
  width: number,
): string {
  const widest = Math.max(
    0,
    ...rows.map(([term]) => displayWidth(term)).filter((columns) => columns <= widestTerm),
  )
  return rows
    .map(([term, meaning]) => {
      const text = wrap(meaning, width, widest + 4)
      const missing = widest - displayWidth(term)
      return missing < 0
        ? `  ${term}\n${' '.repeat(widest + 4)}${text}`
        : `  ${term}${' '.repeat(missing)}  ${text}`
    })
    .join('\n')
}
