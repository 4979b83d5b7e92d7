import { type Diagnostic, KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { type LiveQuestion, type LiveState, readLive } from '#cluster/snapshot/from-cluster.ts'
import type { DaemonSet } from '#kube/types.ts'
import { type Connected, withCluster } from './connection.ts'
import { hinted } from './hints.ts'
import { warn } from './inputs/context.ts'
import { getTargets, orAll, requestedTargets } from './targets.ts'

/** What needs no cluster, for a user who has none at hand. */
function offlineHint(error: unknown): unknown {
  if (!(error instanceof KdsError) || error.hint !== undefined) return error
  if (error.code !== 'Connection' && error.code !== 'configuration') return error
  return new KdsError(error.code, error.message, {
    verbatim: error.verbatim,
    cause: error,
    hint: 'without a cluster: name the nodes with --nodes FILE, or a whole dump with --snapshot FILE',
  })
}

/** Lets `use` work on the cluster that the connection flags name; its errors tell the way out. Answers the exit code. */
export async function onLiveCluster(
  invocation: Invocation,
  context: Context,
  use: (connected: Connected) => Promise<number>,
): Promise<number> {
  try {
    return await withCluster(invocation, context, async (connected) => {
      try {
        return await use(connected)
      } catch (error) {
        throw await hinted(error, connected)
      }
    })
  } catch (error) {
    throw offlineHint(error)
  }
}

/** The DaemonSets of the cluster that arguments, `-n`, `-A` and `-l` name, else all. @throws KdsError for one that is not there. */
export async function namedDaemonSets(
  invocation: Invocation,
  connected: Connected,
  context: Context,
): Promise<readonly DaemonSet[]> {
  const requested = orAll(await requestedTargets(invocation, context))
  const found = await getTargets(requested, connected)
  const [error] = found.errors
  if (error) throw error
  if (found.daemonSets.length === 0) {
    const where = requested.allNamespaces ? 'the cluster' : `the namespace ${connected.namespace}`
    const which = requested.selector === undefined ? '' : ` that matches ${requested.selector}`
    throw new KdsError('no-target', `there is no DaemonSet${which} in ${where}`)
  }
  return found.daemonSets
}

function unreadableWarnings({ unreadable }: LiveState): Diagnostic[] {
  return unreadable.map((what) => ({
    severity: 'warning',
    code: 'unreadable',
    message: `you may not read ${what}: whether a pod fits is judged without them`,
    hint: 'kubectl auth can-i list pods -A',
  }))
}

/** The cluster as far as these DaemonSets need it, and the server's version unless a flag gives one. */
export async function readLiveState(
  invocation: Invocation,
  connected: Connected,
  question: Omit<LiveQuestion, 'signal'>,
  context: Context,
): Promise<Pick<LiveState, 'snapshot' | 'around'> & { readonly serverVersion: string | undefined }> {
  const { cluster, namespace, signal } = connected
  const { current, present } = question
  const daemonSets = question.daemonSets.map((one) => ({
    ...one,
    metadata: { ...one.metadata, namespace: one.metadata?.namespace || namespace },
  }))
  const [state, version] = await Promise.all([
    readLive(cluster, { daemonSets, current, present, signal }),
    invocation.given('server-version') || !present ? undefined : cluster.version({ signal }),
  ])
  warn(unreadableWarnings(state), context)
  const { around, snapshot } = state
  if (snapshot.nodes.length === 0) throw new KdsError('no-node', 'the cluster has no Node')
  return { around, snapshot, serverVersion: version?.gitVersion ?? invocation.text('server-version') }
}
