import type { Outside } from '#cli/main.ts'

/** What a call of kds finds outside it, as far as it can be told beforehand. */
export interface Pretended {
  /** Columns and lines of the terminal; without it, pipes. */
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined
  /** What stands in stdin, as base64, and whether more may come, which it never does. */
  readonly stdin: { readonly base64: string; readonly isTerminal: boolean; readonly stays: boolean }
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** The time, which stands still, or how many milliseconds the clock is ahead of the real one. */
  readonly time: { readonly at: number } | { readonly ahead: number }
}

/** What goes on while a call runs. */
export interface Around {
  write(stream: 'stdout' | 'stderr', text: string): void
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  readonly signal: AbortSignal
}

/** What a stdin of these bytes is. */
export const stdinOf = (
  bytes: string | Uint8Array = '',
  isTerminal: boolean,
  stays = false,
): Pretended['stdin'] => ({
  base64: Buffer.from(bytes as Uint8Array).toString('base64'),
  isTerminal,
  stays,
})

async function* once({ base64, stays }: Pretended['stdin']): AsyncGenerator<Uint8Array> {
  if (base64 !== '') yield Buffer.from(base64, 'base64')
  if (stays) await new Promise(() => {})
}

/** The outside of a call in whichever process it runs. */
export function outsideOf({ terminal, stdin, env, cwd, time }: Pretended, around: Around): Outside {
  const isTerminal = terminal !== undefined
  const to = (stream: 'stdout' | 'stderr') => ({
    write: (text: string) => around.write(stream, text),
    isTerminal,
    columns: terminal?.columns ?? 80,
    rows: terminal?.rows ?? 24,
  })
  return {
    program: 'kds',
    version: '0.0.0-test',
    stdin: Object.assign(once(stdin), { isTerminal: stdin.isTerminal }),
    stdout: to('stdout'),
    stderr: to('stderr'),
    env,
    cwd,
    clock: {
      now: () => ('at' in time ? time.at : Date.now() + time.ahead),
      sleep: (ms, signal) => around.sleep(ms, signal),
    },
    interrupts: () => around.signal,
  }
}
