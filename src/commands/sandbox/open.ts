import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { fillFolder, makeFolder, removeFolder, type SandboxFolder } from './folder.ts'
import { sandboxOptions } from './options.ts'

/** A sandbox that runs in this process. */
export interface OpenSandbox {
  readonly folder: SandboxFolder
  readonly url: string
  readonly port: number
  readonly nodes: number
  /** Stops it, and removes its folder. */
  close(): Promise<void>
}

/** Starts a sandbox as the flags say, and puts its kubeconfig into a private folder (`folder`, or a new one). */
export async function openSandbox(
  invocation: Invocation,
  context: Context,
  given?: SandboxFolder,
): Promise<OpenSandbox> {
  const { options, nodes } = await sandboxOptions(invocation, context)
  const { startSandbox } = await import('../bundles/sandbox-server.ts')
  const sandbox = await startSandbox(options).catch((error: NodeJS.ErrnoException) => {
    throw portError(error, options.port ?? 0)
  })
  const folder = given ?? (await makeFolder(context))
  const { caPem, kubeconfig, port, url } = sandbox
  await fillFolder(folder, kubeconfig, { url, port, caPem, nodes, startedAt: context.clock.now() })
  return {
    folder,
    url,
    port,
    nodes,
    async close() {
      await removeFolder(folder)
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
    hint: 'leave --port out to take any that is free',
    cause: error,
  })
}
