import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { interrupted } from '#cli/exit-codes.ts'
import type { Invocation } from '#cli/spec.ts'
import { pluginSpawner } from '#cluster/credentials/spawn-plugin.ts'
import type { LiveHost } from '#cluster/host.ts'
import { connect } from '#cluster/live/connect.ts'
import type { Cluster } from '#cluster/port.ts'
import { takeAhead } from './ahead.ts'
import { connectionFlagsOf } from './connection-flags.ts'
import { withProgress } from './progress.ts'

/** A cluster to talk to, and what the configuration says about the conversation. */
export interface Connected {
  readonly cluster: Cluster
  /** `-n`, else the context's, else `default`. */
  readonly namespace: string
  readonly namespaceGiven: boolean
  readonly signal: AbortSignal
}

/** What a live connection gets of the outside. `warned` is told each warning of the server. */
function hostOf(invocation: Invocation, context: Context, warned: () => void): LiveHost {
  const { atExit, env, cwd, version, clock, stderr, stdin, style, waiting } = context
  const spawn = pluginSpawner({ atExit })
  const verbosity = Number.parseInt(invocation.text('v') ?? '0', 10) || 0
  return {
    env,
    cwd,
    version,
    ahead: takeAhead(context),
    stdinIsTerminal: stdin.isTerminal,
    clock,
    random: Math.random,
    // A plugin has the terminal, and may ask there.
    spawn: (call, ended) => waiting.aside(() => spawn(call, ended)),
    log: (level, text) => {
      if (level <= verbosity) stderr.write(`${text}\n`)
    },
    warn: (text) => {
      warned()
      stderr.write(`${style.stderr.warn('Warning:')} ${text}\n`)
    },
  }
}

/**
 * Connects as the flags, KUBECONFIG and the pod's service account say, lets `use` work, and lets go of the connection.
 * Answers what `use` answers, {@link interrupted} after Ctrl-C, and 1 for a warning under `--warnings-as-errors`.
 */
export async function withCluster(
  invocation: Invocation,
  context: Context,
  use: (connected: Connected) => Promise<number>,
): Promise<number> {
  const interrupts = context.interrupts()
  const over = new AbortController()
  const signal = AbortSignal.any([interrupts, over.signal])
  const silent = () => context.waiting.end()
  interrupts.addEventListener('abort', silent, { once: true })
  let warnings = 0
  const host = hostOf(invocation, context, () => {
    warnings += 1
  })
  const { cluster, namespace, namespaceGiven } = await connect(connectionFlagsOf(invocation), host)
  try {
    const exit = await use({
      cluster: withProgress(cluster, context.waiting),
      namespace,
      namespaceGiven,
      signal,
    })
    if (exit === 0 && warnings > 0 && invocation.on('warnings-as-errors'))
      throw new KdsError('warnings', `${warnings} warning${warnings === 1 ? '' : 's'} received`)
    return exit
  } catch (error) {
    if (interrupts.aborted && !(error instanceof KdsError && error.code === 'unknown-outcome'))
      return interrupted
    throw error
  } finally {
    interrupts.removeEventListener('abort', silent)
    // Of several requests one may have failed: the others, and their retries, end with the command. Where the process does, too,
    // nobody waits for it.
    setImmediate(() => {
      over.abort()
      cluster.close()
    })
  }
}
