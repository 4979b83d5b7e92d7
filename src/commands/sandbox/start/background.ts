import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { interrupted } from '#cli/exit-codes.ts'
import { globalFlags } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { sandboxFlags } from '../flags.ts'
import { logFile, makeFolder, readRecord, removeFolder } from '../folder.ts'
import { stopAfter } from './stop-after.ts'
import { lookAgainMs, welcome } from './welcome.ts'

/** How a sandbox in the background learns which folder is its own. */
export const folderVariable = 'KDS_SANDBOX_FOLDER'

/** What the user wrote of the sandbox itself. */
function sameFlags(invocation: Invocation): string[] {
  return sandboxFlags
    .filter((flag) => !globalFlags.includes(flag))
    .flatMap(({ name }) => invocation.list(name).map((value) => `--${name}=${value}`))
}

/** What the sandbox in the background had to say before it ended. */
async function failed(log: string): Promise<KdsError> {
  const text = (await readFile(log, 'utf8').catch(() => '')).trim()
  return new KdsError('detach', text === '' ? 'error: the sandbox ended at once' : text, { verbatim: true })
}

/** Starts kds again without a terminal, and returns when that one serves. */
export async function background(invocation: Invocation, context: Context): Promise<number> {
  const { program, self } = context
  const signal = context.interrupts()
  if (!self) throw new KdsError('detach', 'kds cannot start itself again from here')
  if (invocation.list('from').includes('-'))
    throw new UsageError('--from - reads standard input, which a sandbox in the background does not have')
  const limit = stopAfter(invocation) ?? 0
  const folder = await makeFolder(context)
  const log = join(folder.path, logFile)
  const file = await open(log, 'w', 0o600)
  const words = ['sandbox', 'start', ...sameFlags(invocation), `--stop-after=${limit}ms`]
  const child = spawn(self.command, [...self.args, ...words], {
    cwd: context.cwd,
    env: { ...context.env, [folderVariable]: folder.path },
    detached: true,
    stdio: ['ignore', file.fd, file.fd],
  })
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', () => {
    ended = true
  })
  try {
    for (;;) {
      const record = await readRecord(folder)
      if (record) {
        context.stdout.write(
          welcome(record, folder, context, `${program} sandbox stop ${record.port} stops it`),
        )
        child.unref()
        return 0
      }
      if (ended) throw await failed(log)
      await context.clock.sleep(lookAgainMs, signal)
    }
  } catch (error) {
    child.kill()
    await removeFolder(folder)
    if (signal.aborted) return interrupted
    throw error
  } finally {
    await file.close()
  }
}
