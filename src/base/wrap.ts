import { displayWidth, pieces } from './width.ts'

/**
 * Text broken at spaces into lines that take no more than `width` columns, each after `indent`. A word that is wider than a
 * line by itself is broken where the line ends, so that a terminal never breaks a row on its own.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const room = Math.max(20, width - indent.length)
  const lines: string[] = []
  let line = ''
  let taken = 0
  for (const word of text.split(' ')) {
    const wordWidth = displayWidth(word)
    if (line !== '' && taken + 1 + wordWidth > room) {
      lines.push(line)
      line = ''
    }
    taken = line === '' ? wordWidth : taken + 1 + wordWidth
    line = line === '' ? word : `${line} ${word}`
    if (taken <= room) continue
    for (const piece of pieces(word, room)) lines.push(piece)
    line = lines.pop() ?? ''
    taken = displayWidth(line)
  }
  lines.push(line)
  return lines.map((each) => indent + each)
}

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
  const lastLine = text.slice(text.lastIndexOf('\n') + 1)
  if (displayWidth(lastLine) + 1 + displayWidth(end) <= width) return `${text} ${paint(end)}`
  return [text, ...wrapped(end, width, '  ').map(paint)].join('\n')
}
