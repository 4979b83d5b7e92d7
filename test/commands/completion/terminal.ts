import { spawnSync } from 'node:child_process'
import { vi } from 'vitest'

let count = 0

/** A terminal with a program in it: keys go in, the screen is read. */
export interface Terminal {
  type(keys: string): void
  press(...keys: readonly string[]): void
  screen(): string
  /** Waits until the screen shows what `check` wants, and answers the screen. */
  until(check: (screen: string) => void): Promise<string>
  close(): void
}

export const hasTmux = spawnSync('tmux', ['-V']).error === undefined

/** Starts a program in a tmux of its own, 100 columns wide, with nothing of this process's environment. */
export function openTerminal(command: readonly string[], env: Record<string, string>, cwd: string): Terminal {
  const socket = `kds-test-${process.pid}-${count++}`
  const tmux = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: env.HOME, TERM: 'xterm', LC_ALL: 'C.UTF-8' },
    })
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  const assigned = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  tmux('new-session', '-d', '-x', '100', '-y', '50', '-c', cwd, '--', 'env', '-i', ...assigned, ...command)
  const screen = () => tmux('capture-pane', '-p').trimEnd()
  return {
    type: (keys) => void tmux('send-keys', '-l', '--', keys),
    press: (...keys) => void tmux('send-keys', ...keys),
    screen,
    until: (check) =>
      vi.waitFor(
        () => {
          const shown = screen()
          check(shown)
          return shown
        },
        { timeout: 20_000, interval: 40 },
      ),
    close: () => void tmux('kill-server'),
  }
}
