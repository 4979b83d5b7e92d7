import { readFileSync } from 'node:fs'
import type { Run } from './kubectl.ts'

/** A command line as it was typed, and what it answered. */
export interface RecordedLine extends Run {
  readonly line: string
}

/** Reads a recording: `$ ` before a command, then its lines by `[out]`, `[err]` and `[exit]`, which may stand at a line's end. */
export function readTranscript(file: string): RecordedLine[] {
  return readFileSync(file, 'utf8')
    .split(/^(?=\$ )/m)
    .filter((block) => block.startsWith('$ '))
    .map((block) => {
      const [head = '', ...rest] = block.split('\n')
      const text = rest.join('\n')
      const exit = /\[exit\] (\d+)/.exec(text)
      const of = (mark: string) =>
        text
          .slice(0, exit?.index)
          .split('\n')
          .filter((line) => line.startsWith(`[${mark}]`))
          .map((line) => line.slice(mark.length + 3))
          .join('\n')
      return { line: head.slice(2), out: of('out'), err: of('err'), exit: Number(exit?.[1]) }
    })
}

/** A command line as a shell takes it apart: by spaces, but for what stands in quotes. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []
  return words.map((word) => word.replace(/'([^']*)'/g, '$1'))
}

/** What was typed: the words after `kubectl`, and what `printf` gives it to read. */
export function typed(line: string): { readonly words: readonly string[]; readonly input: string } {
  const [input = '', command = line] = line.startsWith('printf') ? line.split(' | ') : ['', line]
  return { words: wordsOf(command).slice(1), input: wordsOf(input)[1]?.replaceAll('\\n', '\n') ?? '' }
}

/** Without what differs from run to run; kubectl names the namespace of what it deletes since 1.34 only. */
export const comparable = (text: string) =>
  text
    .replace(/\/\S*\/(LIVE|MERGED)-\d+/g, '$1')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| \+0000)?/g, 'TIME')
    .replace(/^W\d+ [\d:.]+ +\d+ /gm, 'W ')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID')
    .replace(/resourceVersion: "\d+"/g, 'VERSION')
    .replace(/^\[?[ +-]* *(current|desired|updated)NumberScheduled: \d+\n/gm, '')
    .replace(/^[ +-]* *(number(Ready|Available|Unavailable)|observedGeneration): \d+\n/gm, '')
    .replace(/^ *f:(number\w+|updatedNumberScheduled): \{\}\n/gm, '')
    .replace(/^@@.*\n/gm, '')
    .replaceAll(' from default namespace', '')
