import { readFileSync } from 'node:fs'
import type { Run } from './kubectl.ts'

/** A command of kubectl, without its name, and what it answered. */
export interface RecordedCommand extends Run {
  readonly command: string
}

/** What kubectl 1.36.4 said to a v1.36.2 server, command by command. */
export const kubectlTranscript = readTranscript('test/fixtures/rollout/kubectl-rollout.txt')

/** A recording: `$ kubectl …`, then lines of `[out]`, `[err]` and `[exit]`. What does not end its last line has no end here. */
export function readTranscript(file: string): readonly RecordedCommand[] {
  return readFileSync(file, 'utf8')
    .replace(/(?<=.)\[exit\] \d+$/gm, '\n$&')
    .split(/^(?=\$ )/m)
    .filter((block) => block.startsWith('$ '))
    .map((block) => {
      const lines = block.split('\n')
      const of = (mark: string) =>
        lines
          .filter((line) => line.startsWith(`[${mark}]`))
          .map((line) => `${line.slice(mark.length + 3)}\n`)
          .join('')
      const command = (lines[0] ?? '').replace('$ kubectl ', '')
      return { command, out: of('out'), err: of('err'), exit: Number(of('exit')) }
    })
}

/** The arguments of one of its commands. One of them has a space in it. */
export const argumentsOf = (command: string) =>
  command
    .replace('cause=use alpine', 'cause=use\0alpine')
    .split(' ')
    .map((word) => word.replace('\0', ' '))

/** What one of its commands printed; `nth` counts from 0 those that are alike. */
export function kubectlPrinted(command: string, nth = 0): string {
  const found = kubectlTranscript.filter((one) => one.command === command)[nth]
  if (!found) throw new Error(`not in the transcript: ${command}`)
  return found.out
}
