import { spawn } from 'node:child_process'
import type { SpawnPlugin } from '../host.ts'

/** How long a plugin has to end after it was asked to, unless kds itself ends before. */
const graceMs = 500

interface SpawnerOptions {
  readonly quiet?: boolean
  readonly atExit?: ((work: () => void) => () => void) | undefined
}

/**
 * Runs credential plugins with the user's stderr, and with the user's stdin where they may ask questions. `quiet` ones can
 * neither ask nor print: TAB must not disturb the line being typed. `atExit` calls back when the process ends: no plugin stays.
 */
export const pluginSpawner =
  ({ atExit, quiet = false }: SpawnerOptions = {}): SpawnPlugin =>
  ({ args, command, env, interactive }, signal) =>
    new Promise((resolve) => {
      const child = spawn(command, [...args], {
        env: { ...env },
        stdio: [interactive && !quiet ? 'inherit' : 'ignore', 'pipe', quiet ? 'ignore' : 'inherit'],
      })
      const chunks: Buffer[] = []
      // A plugin may put things in order before it ends, but not stay.
      let killing: NodeJS.Timeout | undefined
      const kill = () => {
        child.kill('SIGKILL')
        child.stdout.destroy()
      }
      const stop = () => {
        child.kill()
        killing ??= setTimeout(kill, graceMs)
      }
      const spared = atExit?.(kill)
      if (signal?.aborted) stop()
      signal?.addEventListener('abort', stop, { once: true })
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.on('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'ENOENT' ? { missing: true } : { failed: error.message }),
      )
      child.on('close', (code) => {
        clearTimeout(killing)
        spared?.()
        signal?.removeEventListener('abort', stop)
        resolve({ code: code ?? -1, stdout: Buffer.concat(chunks).toString('utf8') })
      })
    })
