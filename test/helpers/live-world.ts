import { waitingMs } from '#cli/waiting.ts'
import { call } from '#commands/call.ts'
import type { Run } from './kubectl.ts'

export interface LiveOptions {
  /** Where the kubeconfig is. */
  readonly kubeconfig: string
  /** A terminal of this many columns; without it, pipes. */
  readonly terminal?: number
  readonly stdin?: string
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

async function* once(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield new TextEncoder().encode(text)
}

/** A second more with each command: of two restarts within one the second is refused. */
let later = 0

/** Runs kds in this process against a real server. Its clock runs as the real one does, ahead of it. */
export async function liveKds(argv: readonly string[], options: LiveOptions): Promise<Run> {
  const out: string[] = []
  const err: string[] = []
  const { haste = 1, sleepUntil, terminal, watch } = options
  later += 1000
  const ahead = later
  const isTerminal = terminal !== undefined
  const to = (list: string[]) => ({
    write(text: string) {
      list.push(text)
      watch?.(text)
    },
    isTerminal,
    columns: terminal ?? 80,
    rows: 24,
  })
  const exit = await call(argv, {
    program: 'kds',
    version: '0.0.0-test',
    stdin: Object.assign(once(options.stdin ?? ''), { isTerminal }),
    stdout: to(out),
    stderr: to(err),
    env: {
      HOME: '/nonexistent',
      TZ: 'UTC',
      ...(isTerminal ? { TERM: 'xterm', NO_COLOR: '' } : {}),
      KUBECONFIG: options.kubeconfig,
      ...options.env,
    },
    cwd: options.cwd ?? process.cwd(),
    clock: {
      now: () => Date.now() + ahead,
      sleep: (ms, signal) => sleepUntil?.(ms) ?? (ms === waitingMs ? never : sleep(ms / haste, signal)),
    },
    interrupts: () => options.signal ?? new AbortController().signal,
  })
  return { out: out.join(''), err: err.join(''), exit }
}

/** Waits until `done` holds. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(20)
}
