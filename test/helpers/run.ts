import { waitingMs } from '#cli/waiting.ts'
import { call } from '#commands/call.ts'

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

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** Runs kds in this process with everything outside it replaced, and answers what it printed. */
export async function kds(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const out: string[] = []
  const err: string[] = []
  const isTerminal = options.terminal !== undefined
  const columns = options.terminal ?? 80
  const rows = options.rows ?? 24
  const stdin = typeof options.stdin === 'string' ? new TextEncoder().encode(options.stdin) : options.stdin
  const exit = await call(argv, {
    program: 'kds',
    version: '0.0.0-test',
    stdin: Object.assign(once(stdin ?? new Uint8Array()), { isTerminal: isTerminal && stdin === undefined }),
    stdout: { write: (text) => void out.push(text), isTerminal, columns, rows },
    stderr: { write: (text) => void err.push(text), isTerminal, columns, rows },
    env: options.env ?? (isTerminal ? { TERM: 'xterm' } : {}),
    cwd: options.cwd ?? process.cwd(),
    clock: {
      now: () => options.now ?? Date.UTC(2026, 10, 21, 12),
      // Nobody ever waits so long that the line that tells it would appear.
      sleep: (ms) => (ms === waitingMs ? new Promise(() => {}) : Promise.resolve()),
    },
    interrupts: () => options.signal ?? new AbortController().signal,
  })
  return { out: out.join(''), err: err.join(''), exit }
}

/** Splits a command line as a shell does, as far as single and double quotes go. */
export function words(line: string): string[] {
  const found = line.match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? []
  return found.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
