import { join } from 'node:path'
import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'

/**
 * Has the program of KUBECTL_EXTERNAL_DIFF show two texts, as kubectl does: in two folders, each with a file of the object's
 * name. Words behind the program that hold more than letters, digits, `-` and `=` are left out, as there.
 *
 * @throws KdsError when it cannot be run, or fails with more than 1
 */
export async function externalDiff(
  program: string,
  name: string,
  texts: readonly [before: string, after: string],
  { env, stdout, stderr, waiting }: Context,
): Promise<void> {
  // Plans are loaded with it, which need neither.
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const [command = '', ...words] = program.split(' ')
  const folders: string[] = []
  try {
    for (const [at, side] of ['LIVE-', 'MERGED-'].entries()) {
      const folder = await mkdtemp(join(tmpdir(), side))
      folders.push(folder)
      await writeFile(join(folder, name), texts[at] ?? '', { mode: 0o600 })
    }
    const args = [...words.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word)), ...folders]
    const exit = await waiting.aside(() => run(command, args, { env, stdout, stderr }))
    if (exit > 1) throw new KdsError('external-diff', `${command} failed: exit status ${exit}`)
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

/** Node and Bun have words of their own for a program that is not there. */
const whyNot = ({ code, message }: NodeJS.ErrnoException) =>
  code === 'ENOENT' ? 'there is no such program' : message

async function run(
  command: string,
  args: readonly string[],
  { env, stderr, stdout }: Pick<Context, 'env' | 'stdout' | 'stderr'>,
): Promise<number> {
  const { spawn } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.write(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.write(text))
    child.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new KdsError('external-diff', `failed to run ${command}: ${whyNot(cause)}`, {
          hint: 'KUBECTL_EXTERNAL_DIFF names a program that compares two folders: correct it, or unset it',
          cause,
        }),
      ),
    )
    child.on('close', (code) => resolve(code ?? 2))
  })
}
