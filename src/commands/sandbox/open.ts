import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { fillFolder, makeFolder, removeFolder, type SandboxFolder } from './folder.ts'
import type { WantedSandbox } from './options.ts'
import { thisOwner } from './owner.ts'

/** A sandbox that runs in this process. */
interface OpenSandbox {
  readonly folder: SandboxFolder
  readonly url: string
  readonly port: number
  readonly nodes: number
  /** Milliseconds since the last request ended; 0 while one is open. */
  idle(): number
  /** Stops it, and removes what it made of its folder. */
  close(): Promise<void>
}

/**
 * Starts a sandbox and puts its kubeconfig into a private folder (`given`, or a new one). Its record tells
 * after how many idle milliseconds it is to end (`stopAfter`), for others to see.
 */
export async function openSandbox(
  { nodes, options }: WantedSandbox,
  context: Context,
  { given, stopAfter }: { readonly given?: SandboxFolder; readonly stopAfter?: number } = {},
): Promise<OpenSandbox> {
  const { startSandbox } = await import('../bundles/sandbox-server.ts')
  const sandbox = await startSandbox(options).catch((error: NodeJS.ErrnoException) => {
    throw portError(error, options.port ?? 0)
  })
  const { caPem, kubeconfig, port, url } = sandbox
  const startedAt = context.clock.now()
  const until = stopAfter === undefined ? {} : { stopAfter }
  let folder: SandboxFolder | undefined
  try {
    folder = given ?? (await makeFolder(context))
    const owner = await thisOwner()
    await fillFolder(folder, kubeconfig, { url, port, caPem, nodes, startedAt, owner, ...until })
  } catch (error) {
    if (folder && !given) await removeFolder(folder)
    await sandbox.close()
    throw error
  }
  const kept = folder
  return {
    folder: kept,
    url,
    port,
    nodes,
    idle: () => sandbox.idle(),
    async close() {
      await removeFolder(kept)
      await sandbox.close()
    },
  }
}

function portError(error: NodeJS.ErrnoException, port: number): unknown {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: 'something else listens there',
    EACCES: 'the system does not allow it',
  }
  const reason = why[error.code ?? '']
  if (reason === undefined) return error
  return new KdsError('port', `the sandbox cannot listen on port ${port}: ${reason}`, {
    hint: 'omit --port to use any free port',
    cause: error,
  })
}
