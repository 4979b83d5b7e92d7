import type { ConnectionFlags } from '#cluster/config/connection.ts'
import type { LiveHost, SpawnPlugin } from '#cluster/host.ts'
import { connect, type LiveConnection } from '#cluster/live/connect.ts'

export interface TestHost extends LiveHost {
  /** How long was slept, in order. */
  readonly slept: number[]
  readonly logged: string[]
  readonly warned: string[]
}

export function testHost(
  env: Record<string, string> = {},
  more: {
    spawn?: SpawnPlugin
    stdinIsTerminal?: boolean
    now?: () => number
    random?: () => number
    cwd?: string
  } = {},
): TestHost {
  const slept: number[] = []
  const logged: string[] = []
  const warned: string[] = []
  return {
    env: { HOME: '/nonexistent', ...env },
    cwd: more.cwd ?? '/',
    version: '0.0.0-test',
    stdinIsTerminal: more.stdinIsTerminal ?? false,
    random: more.random ?? (() => 0.5),
    ...(more.spawn ? { spawn: more.spawn } : {}),
    log: (_level, text) => logged.push(text),
    warn: (text) => warned.push(text),
    clock: {
      now: more.now ?? (() => 0),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
          slept.push(ms)
          setImmediate(resolve)
        }),
    },
    slept,
    logged,
    warned,
  }
}

export const connectTo = (
  server: string,
  host: LiveHost,
  flags: ConnectionFlags = {},
): Promise<LiveConnection> => connect({ server, ...flags }, host)
