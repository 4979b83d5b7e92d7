import type { RunResult } from './run.ts'

const marked = (mark: string, text: string) =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .filter((_, i, all) => all.length > 1 || all[i] !== '')
    .map((line) => `[${mark}] ${line.replaceAll('\u001b', '␛')}`.trimEnd())

/** What a command printed, as goldens hold it: each line marked with its stream, the escape shown as ␛. */
export const printed = ({ out, err, exit }: RunResult): string =>
  [...marked('out', out), ...marked('err', err), `[exit] ${exit}`].join('\n')

/** Whether goldens are to be written instead of compared. */
export const updating = process.env.UPDATE_GOLDEN === '1'

/** Lines of standard output that are wider than a terminal of 80 columns; a command line to copy may be, and a line of kubectl's own. */
export function tooWide(transcript: string): readonly string[] {
  const lines = transcript.split('\n').filter((line) => line.startsWith('[out] '))
  // biome-ignore lint/complexity/useRegexLiterals: the escape is written as its stand-in
  const bare = lines.map((line) => line.slice(6).replace(new RegExp('␛\\[[0-9;]*m', 'g'), ''))
  return bare.filter(
    (line) => line.length > 80 && !/^( {2,}(kds|kubectl|helm) |Waiting for daemon set )/.test(line),
  )
}

/** The command lines of a golden's source: comments and empty lines are none. */
export const commandLines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
