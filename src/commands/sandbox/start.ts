import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { interrupted } from '#commands/shared/connection.ts'
import { counted } from '#views/names.ts'
import {
  folderStands,
  makeFolder,
  readRecord,
  removeFolder,
  type SandboxFolder,
  sandboxFolder,
} from './folder.ts'
import { openSandbox } from './open.ts'

/** How a sandbox in the background learns which folder is its own. */
const folderVariable = 'KDS_SANDBOX_FOLDER'
const lookAgainMs = 200

interface Started {
  readonly url: string
  readonly port: number
  readonly nodes: number
}

function welcome(sandbox: Started, folder: SandboxFolder, context: Context, stop: string): string {
  const { style, program } = context
  return [
    `${style.stdout.bold('sandbox')} ${sandbox.url} with ${counted(sandbox.nodes, 'node')}`,
    `  export KUBECONFIG=${folder.kubeconfig}`,
    `  ${stop.replace('PROGRAM', program)}`,
    '',
  ].join('\n')
}

async function foreground(invocation: Invocation, context: Context): Promise<number> {
  const { stdout } = context
  const signal = context.interrupts()
  const path = context.env[folderVariable]
  const sandbox = await openSandbox(invocation, context, path ? sandboxFolder(path) : undefined)
  stdout.write(welcome(sandbox, sandbox.folder, context, 'Ctrl-C stops it'))
  try {
    while (await folderStands(sandbox.folder)) await context.clock.sleep(lookAgainMs, signal)
    return 0
  } catch (error) {
    if (signal.aborted) return interrupted
    throw error
  } finally {
    await sandbox.close()
  }
}

/** The words of this call without `--detach`, for the sandbox in the background. */
function sameFlags(invocation: Invocation): string[] {
  const names = [
    'nodes',
    'from',
    'port',
    'speed',
    'pull-after',
    'ready-after',
    'terminate-after',
    'fail',
    'faults',
  ]
  return names.flatMap((name) => invocation.list(name).map((value) => `--${name}=${value}`))
}

async function background(invocation: Invocation, context: Context): Promise<number> {
  const { self } = context
  const signal = context.interrupts()
  if (!self) throw new KdsError('detach', 'kds cannot start itself again from here')
  if (invocation.list('from').includes('-'))
    throw new UsageError('--from - reads standard input, which a sandbox in the background does not have')
  const folder = await makeFolder(context)
  const log = join(folder.path, 'log')
  const file = await open(log, 'w', 0o600)
  const child = spawn(self.command, [...self.args, 'sandbox', 'start', ...sameFlags(invocation)], {
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
        context.stdout.write(welcome(record, folder, context, `PROGRAM sandbox stop ${record.port} stops it`))
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

/** What the sandbox in the background had to say before it ended. */
async function failed(log: string): Promise<KdsError> {
  const text = (await readFile(log, 'utf8').catch(() => '')).trim()
  return new KdsError('detach', text === '' ? 'error: the sandbox ended at once' : text, { verbatim: true })
}

export const startCommand: Command = {
  run: (invocation, context) =>
    invocation.on('detach') ? background(invocation, context) : foreground(invocation, context),
}
