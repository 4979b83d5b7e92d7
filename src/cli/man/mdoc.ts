/**
 * Text as mdoc(7) source. Every line of the result is a text line or one that the caller made: nothing in a text can become
 * a macro or an escape.
 */

const lineWidth = 78

/** One piece of text with roff's own characters made plain; hyphens stay what a user can copy. */
export function escaped(text: string): string {
  return text.replace(/\\/g, '\\e').replace(/-/g, '\\-')
}

/** Lines that begin with a control character would be macros. */
const guarded = (line: string) => (/^[.']/.test(line) ? `\\&${line}` : line)

/** A paragraph, filled: each sentence begins on a line of its own, as mdoc wants it, and no line is too long. */
export function prose(text: string): string {
  const sentences = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/([\w"')][.!?]["')]*) (?=\S)/g, '$1\n')
    .split('\n')
  return sentences.flatMap((sentence) => filled(sentence.split(' ').map(emphasized)).map(guarded)).join('\n')
}

function filled(words: readonly string[]): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > lineWidth) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** Flags stand out, wherever they are named. */
function emphasized(word: string): string {
  const [, before = '', flag = '', after = ''] = /^(["'(]*)(--?[a-zA-Z][\w-]*)(.*)$/.exec(word) ?? []
  return flag === '' ? escaped(word) : `${escaped(before)}\\fB${escaped(flag)}\\fR${escaped(after)}`
}

/** Lines kept as they are, such as a command. */
export function literal(text: string): string {
  return `.Bd -literal -offset indent\n${text.split('\n').map(escaped).map(guarded).join('\n')}\n.Ed`
}

/** A usage line: flags bold, placeholders italic. */
export function synopsis(usage: string): string {
  return filled(usage.split(' ').map(usageWord)).join('\n')
}

function usageWord(word: string): string {
  return word.replace(/--?[a-z][\w-]*|[A-Z][A-Z_]+\b|-|[^-A-Z]+|./g, (piece) => {
    if (/^--?[a-z]/.test(piece)) return `\\fB${escaped(piece)}\\fR`
    return /^[A-Z][A-Z_]+$/.test(piece) ? `\\fI${piece}\\fR` : escaped(piece)
  })
}

/** Paragraphs of a description; those that begin with a space are literal. */
export function paragraphs(text: string): string {
  return text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n{2,}/)
    .map((part) => (part.startsWith(' ') ? literal(part) : prose(part)))
    .join('\n.Pp\n')
    .replace(/\.Pp\n(?=\.Bd)|(?<=\.Ed)\n\.Pp/g, '')
}

/** A tagged list. Tags are roff source already, meanings plain text. */
export function tagged(rows: readonly (readonly [tag: string, meaning: string])[]): string {
  const items = rows.map(([tag, meaning]) => `.It ${tag}\n${prose(meaning)}`)
  return `.Bl -tag -width Ds\n${items.join('\n')}\n.El`
}

/** Words as one argument of a macro that may be called anything. */
export function tag(text: string): string {
  return `"\\&${escaped(text).replace(/"/g, '\\(dq')}"`
}
