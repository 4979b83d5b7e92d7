import { spawn } from 'node:child_process'
import type { SpawnPlugin } from './host.ts'

/**
 * Runs credential plugins with the user's stderr, and with the user's stdin where they may ask questions. `quiet` ones can
 * neither ask nor print: TAB must not disturb the line being typed.
 */
export const pluginSpawner =
  ({ quiet = false } = {}): SpawnPlugin =>
  ({ args, command, env, interactive }, signal) =>
    new Promise((resolve) => {
      const child = spawn(command, [...args], {
        env: { ...env },
        stdio: [interactive && !quiet ? 'inherit' : 'ignore', 'pipe', quiet ? 'ignore' : 'inherit'],
        ...(signal ? { signal } : {}),
      })
      const chunks: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.on('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'ENOENT' ? { missing: true } : { failed: error.message }),
      )
      child.on('close', (code) =>
        resolve({ code: code ?? -1, stdout: Buffer.concat(chunks).toString('utf8') }),
      )
    })
