import { readFileSync } from 'node:fs'
import type { Run } from './kubectl.ts'

/** A command of kubectl, without its name unless something is put into it, and what it answered. */
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
      const command = (lines[0] ?? '').replace(/^\$ (kubectl )?/, '')
      return { command, out: of('out'), err: of('err'), exit: Number(of('exit')) }
    })
}

/** What was typed: the words behind `kubectl`, and what `printf` gives it to read. */
export function typed(command: string): { readonly words: readonly string[]; readonly input: string } {
  const [input = '', line = command] = command.startsWith('printf') ? command.split(' | kubectl ') : []
  const words = wordsOf(line.replace(/ 2>&1.*/, ''))
  return { words, input: wordsOf(input)[1]?.replaceAll('\\n', '\n') ?? '' }
}

/** As a shell takes a line apart: by spaces, but for what stands in quotes. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []
  return words.map((word) => word.replace(/'([^']*)'/g, '$1'))
}

/** Without what differs from run to run; kubectl names the namespace of what it deletes since 1.34 only. */
export const comparable = (text: string) =>
  text
    .replace(/\/\S*\/(LIVE|MERGED)-\d+/g, '$1')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| \+0000)?/g, 'TIME')
    .replace(/^W\d+ [\d:.]+ +\d+ (\w+\.go):\d+/gm, 'W $1')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID')
    .replace(/resourceVersion: "\d+"/g, 'VERSION')
    .replace(/^\[?[ +-]* *(current|desired|updated)NumberScheduled: \d+\n/gm, '')
    .replace(/^[ +-]* *(number(Ready|Available|Unavailable)|observedGeneration): \d+\n/gm, '')
    .replace(/^ *f:(number\w+|updatedNumberScheduled): \{\}\n/gm, '')
    .replace(/^@@.*\n/gm, '')
    .replaceAll(' from default namespace', '')

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
