/**
 * Text broken at spaces into lines no wider than `width`, each after `indent`. A word that is wider than a line by itself is
 * broken where the line ends, so that a terminal never breaks a row on its own.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const room = Math.max(20, width - indent.length)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
    while (line.length > room) {
      lines.push(line.slice(0, room))
      line = line.slice(room)
    }
  }
  lines.push(line)
  return lines.map((each) => indent + each)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const colour = /\u001b\[[0-9;]*m/g

/** Columns of the last line of a styled text. */
const lastWidth = (text: string) => text.slice(text.lastIndexOf('\n') + 1).replace(colour, '').length

/**
 * A head line made of a text and what ends it, a long name as a rule: on one line where both fit, else with the end
 * wrapped below. `text` may be styled, `end` is styled by `paint`.
 */
export function headLine(
  text: string,
  end: string,
  width: number,
  paint: (text: string) => string = (plain) => plain,
): string {
  if (lastWidth(text) + 1 + lastWidth(end) <= width) return `${text} ${paint(end)}`
  return [text, ...wrapped(end, width, '  ').map(paint)].join('\n')
}
