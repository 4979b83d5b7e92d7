import { spawn } from 'node:child_process'
import type { SpawnPlugin } from '#cluster/live/host.ts'

/** Runs a credential plugin that can neither ask nor print: TAB must not disturb the line being typed. */
export const spawnQuietly: SpawnPlugin = ({ command, args, env }, signal) =>
  new Promise((resolve) => {
    const child = spawn(command, [...args], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      ...(signal ? { signal } : {}),
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? { missing: true } : { failed: error.message }),
    )
    child.on('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(chunks).toString('utf8') }))
  })
