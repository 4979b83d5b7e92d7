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
