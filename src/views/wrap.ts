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
