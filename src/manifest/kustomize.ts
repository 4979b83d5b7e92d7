import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { decodeText, type SourceText } from '#yaml/source-text.ts'
import type { InputContext } from './types.ts'

const programs = [
  { name: 'kustomize', args: (dir: string) => ['build', dir] },
  { name: 'kubectl', args: (dir: string) => ['kustomize', dir] },
] as const

/** What `kustomize build DIR` prints, or `kubectl kustomize DIR` where the first is not on the PATH. */
export async function runKustomize(dir: string, context: InputContext): Promise<SourceText> {
  for (const { name, args } of programs) {
    const result = await run(name, args(dir), context)
    if (result === 'absent') continue
    if (result.code === 0) return decodeText(`kustomize ${dir}`, result.stdout)
    throw new KdsError('kustomize', `${name} ${args(dir).join(' ')} failed`, {
      hint: escapeLine(saidIn(result.stderr)) || `exit code ${result.code}`,
    })
  }
  throw new KdsError('no-kustomize', '-k needs `kustomize` or `kubectl` on the PATH; neither is there', {
    hint: 'install one, or pipe: kustomize build DIR | kds ... -f -',
  })
}

/** What went wrong, without the words around it: `Error: …`, or a line of kubectl's log, with the error in quotes. */
function saidIn(stderr: string): string {
  const text = stderr.trim()
  const logged = /^E\d{4} .*? err=("(?:[^"\\]|\\.)*")$/s.exec(text)?.[1]
  try {
    if (logged !== undefined) return JSON.parse(logged) as string
  } catch {
    // Go's quotes know more escapes than JSON's: shown as they are.
  }
  return text.replace(/^Error: /i, '')
}

interface Finished {
  readonly code: number | null
  readonly stdout: Uint8Array
  readonly stderr: string
}

async function run(
  name: string,
  args: readonly string[],
  context: InputContext,
): Promise<Finished | 'absent'> {
  const { spawn } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const { cwd, env, signal } = context
    const child = spawn(name, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => stdout.push(part))
    child.stderr.on('data', (part: Buffer) => stderr.push(part))
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve('absent')
      else reject(error)
    })
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') })
    })
  })
}
