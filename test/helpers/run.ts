import { waitingMs } from '#cli/waiting.ts'
import { runCall } from './calls/ask.ts'
import { stdinOf } from './calls/pretended.ts'

export interface RunOptions {
  /** Lines of the terminal; 24 without it. */
  readonly rows?: number
  /** A terminal of this many columns; without it, pipes. */
  readonly terminal?: number
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly now?: number
  readonly signal?: AbortSignal
}

export interface RunResult {
  readonly out: string
  readonly err: string
  readonly exit: number
}

/** Runs kds with everything outside it replaced, and answers what it printed. */
export async function kds(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const written = { stdout: '', stderr: '' }
  const { terminal, rows = 24, stdin } = options
  const exit = await runCall(
    argv,
    {
      terminal: terminal === undefined ? undefined : { columns: terminal, rows },
      stdin: stdinOf(stdin, terminal !== undefined && stdin === undefined),
      env: options.env ?? (terminal === undefined ? {} : { TERM: 'xterm' }),
      cwd: options.cwd ?? process.cwd(),
      time: { at: options.now ?? Date.UTC(2026, 10, 21, 12) },
    },
    {
      write(stream, text) {
        written[stream] += text
      },
      // Nobody ever waits so long that the line that tells it would appear.
      sleep: (ms) => (ms === waitingMs ? new Promise(() => {}) : Promise.resolve()),
      signal: options.signal ?? new AbortController().signal,
    },
  )
  return { out: written.stdout, err: written.stderr, exit }
}

/** Splits a command line as a shell does, as far as single and double quotes go. */
export function words(line: string): string[] {
  const found = line.match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? []
  return found.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
