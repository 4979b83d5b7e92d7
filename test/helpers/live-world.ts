import { waitingMs } from '#cli/waiting.ts'
import { runCall } from './calls/ask.ts'
import { stdinOf } from './calls/pretended.ts'
import type { Run } from './kubectl.ts'

export interface LiveOptions {
  /** Where the kubeconfig is. */
  readonly kubeconfig: string
  /** A terminal of this many columns; without it, pipes. */
  readonly terminal?: number
  readonly stdin?: string
  /** Whether stdin stays open after that. */
  readonly stdinStays?: boolean
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** How many times as fast the clock of kds sleeps. */
  readonly haste?: number
  /**
   * For sleeps that are to last until something has happened, however long that takes; undefined for all others. A terminal's
   * patience never ends, unless this says so.
   */
  readonly sleepUntil?: (ms: number) => Promise<void> | undefined
  /** Sees what is written, as it is written. */
  readonly watch?: (text: string) => void
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}

const never = new Promise<never>(() => {})

/** A second more with each command: of two restarts within one the second is refused. */
let later = 0

/** Runs kds against a real server. Its clock runs as the real one does, ahead of it. */
export async function liveKds(argv: readonly string[], options: LiveOptions): Promise<Run> {
  const written = { stdout: '', stderr: '' }
  const { haste = 1, sleepUntil, stdin, stdinStays, terminal, watch } = options
  later += 1000
  const isTerminal = terminal !== undefined
  const exit = await runCall(
    argv,
    {
      terminal: isTerminal ? { columns: terminal, rows: 24 } : undefined,
      stdin: stdinOf(stdin, isTerminal, stdinStays),
      env: {
        HOME: '/nonexistent',
        TZ: 'UTC',
        ...(isTerminal ? { TERM: 'xterm', NO_COLOR: '' } : {}),
        KUBECONFIG: options.kubeconfig,
        ...options.env,
      },
      cwd: options.cwd ?? process.cwd(),
      time: { ahead: later },
    },
    {
      write(stream, text) {
        written[stream] += text
        watch?.(text)
      },
      sleep: (ms, signal) => sleepUntil?.(ms) ?? (ms === waitingMs ? never : sleep(ms / haste, signal)),
      signal: options.signal ?? new AbortController().signal,
    },
  )
  return { out: written.stdout, err: written.stderr, exit }
}

/** Waits until `done` holds. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(20)
}
