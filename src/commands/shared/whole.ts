import { presentDaemonSet } from '#apiserver/defaults/stored.ts'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import type { DaemonSet } from '#kube/types.ts'
import { type AskPods, askObjects } from '#planning/ask-objects.ts'
import { requireNodes } from './inputs/cluster.ts'
import { inputContext, warn } from './inputs/context.ts'
import { refuseSharedStdin } from './inputs/manifests.ts'
import { presentTime } from './inputs/present-time.ts'

/** A whole cluster, live or from a dump, and what is asked of it. */
export interface Whole {
  readonly snapshot: ClusterSnapshot
  /** As the server stores them. */
  readonly daemonSets: readonly DaemonSet[]
  /** Admission's word on a new pod, by the rules of v1.36. */
  readonly ask: AskPods
  readonly serverVersion: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** `-n`, else the context's, else `default`. */
  readonly namespace: string
}

function wholeOf(snapshot: ClusterSnapshot, more: Omit<Whole, 'snapshot' | 'daemonSets' | 'ask'>): Whole {
  const daemonSets = snapshot.daemonSets.map((one) => presentDaemonSet(one, more.namespace))
  return { snapshot, daemonSets, ask: askObjects(snapshot, [], more.now), ...more }
}

/** Hands the cluster that flags name, or the dump of `--snapshot` and `--nodes`, to `use`; a live one without its pods where they do not matter. Answers the exit code. */
export async function withWhole(
  invocation: Invocation,
  context: Context,
  use: (whole: Whole) => Promise<number>,
  withPods = true,
): Promise<number> {
  const sources = [...invocation.list('snapshot'), ...invocation.list('nodes')]
  refuseSharedStdin(invocation, ['filename', 'snapshot', 'nodes'])
  const now = presentTime(invocation, context)
  if (sources.length > 0) {
    const snapshot = await readSnapshot({ ...inputContext(context), sources })
    requireNodes(snapshot, sources)
    warn(snapshot.diagnostics, context)
    const namespace = invocation.text('namespace') ?? 'default'
    return use(wholeOf(snapshot, { serverVersion: invocation.text('server-version'), now, namespace }))
  }
  if (invocation.given('at')) throw new UsageError('--at is for a dump: it needs --snapshot')
  const { onLiveCluster, readWholeCluster } = await import('../bundles/live.ts')
  return onLiveCluster(invocation, context, async ({ cluster, namespace, signal }) => {
    const [snapshot, version] = await Promise.all([
      readWholeCluster(cluster, withPods, signal),
      cluster.version({ signal }),
    ])
    if (snapshot.nodes.length === 0) throw new KdsError('no-node', 'the cluster has no Node')
    return use(wholeOf(snapshot, { serverVersion: version.gitVersion, now, namespace }))
  })
}
