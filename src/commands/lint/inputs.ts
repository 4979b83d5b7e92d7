import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import { requireNodes } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { readManifestFiles, requireManifests } from '#commands/shared/inputs/manifest-files.ts'
import { refuseSharedStdin } from '#commands/shared/inputs/manifests.ts'
import type { ClusterFacts } from '#lint/types.ts'
import type { Manifests } from '#manifest/types.ts'

/** What of the reader's remarks is a check's own. */
const told = ['retired-api-version']

/** The manifests of `-f` or `-k`. What the reader remarks goes to stderr if that is asked for. */
export async function readInput(invocation: Invocation, context: Context, loud: boolean): Promise<Manifests> {
  requireManifests(invocation, 'nothing to lint')
  refuseSharedStdin(invocation, ['filename', 'nodes', 'snapshot'])
  // The cluster takes Ctrl-C over while the manifests are read: both are to end with it.
  if (invocation.on('live')) context.interrupts()
  const manifests = await readManifestFiles(invocation, context)
  if (loud)
    warn(
      manifests.diagnostics.filter(({ code }) => !told.includes(code)),
      context,
    )
  return manifests
}

async function liveFacts(invocation: Invocation, context: Context): Promise<ClusterFacts> {
  const { readLive, withCluster } = await import('../bundles/live.ts')
  let facts: ClusterFacts = { nodes: [] }
  await withCluster(invocation, context, async ({ cluster, signal }) => {
    const { snapshot } = await readLive(cluster, { daemonSets: [], present: false, signal })
    facts = { nodes: snapshot.nodes }
    return 0
  })
  if (facts.nodes.length === 0) throw new KdsError('no-node', 'the cluster has no Node')
  return facts
}

/** What dumps or the cluster say of the nodes; undefined where nobody is asked. Without `--live` no cluster is ever spoken to. */
export async function readFacts(invocation: Invocation, context: Context): Promise<ClusterFacts | undefined> {
  const sources = [...invocation.list('snapshot'), ...invocation.list('nodes')]
  if (invocation.on('live')) {
    if (sources.length > 0)
      throw new UsageError('--live asks the cluster: it cannot be used with --nodes or --snapshot')
    return liveFacts(invocation, context)
  }
  if (sources.length === 0) return undefined
  const snapshot = await readSnapshot({ ...inputContext(context), sources })
  requireNodes(snapshot, sources)
  warn(snapshot.diagnostics, context)
  return snapshot
}
