import { spawn } from 'node:child_process'
import type { SpawnPlugin } from './host.ts'

/** Runs a credential plugin with the user's stderr, and the user's stdin where the plugin may ask questions. */
export const spawnPlugin: SpawnPlugin = (call, signal) =>
  new Promise((resolve) => {
    const child = spawn(call.command, [...call.args], {
      env: { ...call.env },
      stdio: [call.interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
      ...(signal ? { signal } : {}),
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? { missing: true } : { failed: error.message }),
    )
    child.on('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(chunks).toString('utf8') }))
  })
