import { connect, type LiveConnection } from '#cluster/live/connect.ts'
import type { ConnectionFlags } from '#cluster/live/connection.ts'
import type { LiveHost, SpawnPlugin } from '#cluster/live/host.ts'

export interface TestHost extends LiveHost {
  /** How long was slept, in order. Long waits (silence, time-outs) last until `wake`. */
  readonly slept: number[]
  readonly logged: string[]
  readonly warned: string[]
  wake(): void
}

/** Sleeps of this length and more are waits for something that should not happen. */
const long = 100_000

export function testHost(
  env: Record<string, string> = {},
  more: { spawn?: SpawnPlugin; stdinIsTerminal?: boolean; now?: () => number; cwd?: string } = {},
): TestHost {
  const slept: number[] = []
  const logged: string[] = []
  const warned: string[] = []
  let waiting: (() => void)[] = []
  return {
    env: { HOME: '/nonexistent', ...env },
    cwd: more.cwd ?? '/',
    version: '0.0.0-test',
    stdinIsTerminal: more.stdinIsTerminal ?? false,
    random: () => 0.5,
    ...(more.spawn ? { spawn: more.spawn } : {}),
    log: (_level, text) => logged.push(text),
    warn: (text) => warned.push(text),
    clock: {
      now: more.now ?? (() => 0),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
          if (ms >= long) waiting.push(resolve)
          else {
            slept.push(ms)
            setImmediate(resolve)
          }
        }),
    },
    slept,
    logged,
    warned,
    wake() {
      const woken = waiting
      waiting = []
      for (const resolve of woken) resolve()
    },
  }
}

export const connectTo = (
  server: string,
  host: LiveHost,
  flags: ConnectionFlags = {},
): Promise<LiveConnection> => connect({ server, ...flags }, host)
