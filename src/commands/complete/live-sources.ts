import type { Candidate } from '#cli/completion/candidate.ts'
import type { CompletionSources } from '#cli/completion/sources.ts'
import type { TypedWords } from '#cli/completion/typed.ts'
import type { Outside } from '#cli/main.ts'
import type { LiveConnection } from '#cluster/live/connect.ts'
import type { LiveHost } from '#cluster/live/host.ts'
import { connectionFlagsOf } from '#commands/shared/connection.ts'
import type { KubeObject } from '#kube/types.ts'

/** The outside as far as completion needs it. */
export type CompletionOutside = Pick<Outside, 'env' | 'cwd' | 'version' | 'clock'>

/**
 * The sources that a user has: kubeconfig, cluster, and the dumps that `--nodes` and `--snapshot` name. A look-up that takes
 * longer than the signal allows, or fails, has nothing to offer.
 */
export function liveSources(
  typed: TypedWords,
  signal: AbortSignal,
  outside: CompletionOutside,
): CompletionSources {
  const { env, cwd, version, clock } = outside
  const flags = connectionFlagsOf(typed)
  const host: LiveHost = { env, cwd, version, clock, stdinIsTerminal: false, random: Math.random }
  const kubeconfig = async () => {
    const { loadKubeconfig } = await import('#cluster/live/kubeconfig.ts')
    return loadKubeconfig(flags.kubeconfig || undefined, host)
  }
  const section = (name: 'contexts' | 'clusters' | 'users') => () =>
    quiet(signal, async () => byName([...(await kubeconfig())[name].keys()]))
  const live = (ask: (connection: LiveConnection) => Promise<readonly Candidate[]>) =>
    quiet(signal, async () => {
      const [{ connect }, { pluginSpawner }] = await Promise.all([
        import('#cluster/live/connect.ts'),
        import('#cluster/live/spawn-plugin.ts'),
      ])
      const connection = await connect(flags, { ...host, spawn: pluginSpawner({ quiet: true }) })
      try {
        return await ask(connection)
      } finally {
        connection.cluster.close()
      }
    })
  return {
    contexts: section('contexts'),
    clusters: section('clusters'),
    users: section('users'),
    namespaces: () => live(async ({ cluster }) => names(cluster, 'namespaces', { signal })),
    daemonSets: () =>
      live(({ cluster, namespace }) =>
        names(cluster, 'daemonSets', { signal, ...(typed.on('all-namespaces') ? {} : { namespace }) }),
      ),
    nodes: () => {
      const sources = [...typed.list('nodes'), ...typed.list('snapshot')].filter((source) => source !== '-')
      if (sources.length > 0) return quiet(signal, () => nodesOfFiles(sources, outside))
      return live(({ cluster }) => names(cluster, 'nodes', { signal }))
    },
    revisions: (daemonSet) => live((connection) => revisions(connection, daemonSet, signal)),
  }
}

/** The answer, or nothing when it fails or the signal comes first. */
async function quiet(
  signal: AbortSignal,
  look: () => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const late = new Promise<readonly Candidate[]>((resolve) => {
    signal.addEventListener('abort', () => resolve([]), { once: true })
  })
  try {
    return await Promise.race([look(), late])
  } catch {
    return []
  }
}

const byName = (all: readonly string[]): Candidate[] =>
  [...new Set(all)].sort((a, b) => (a < b ? -1 : 1)).map((value) => ({ value }))

type Cluster = LiveConnection['cluster']

async function names(
  cluster: Cluster,
  what: 'namespaces' | 'daemonSets' | 'nodes',
  query: { readonly signal: AbortSignal; readonly namespace?: string },
): Promise<readonly Candidate[]> {
  const resources = await import('#cluster/resources.ts')
  const keep = (object: KubeObject) => object.metadata?.name ?? ''
  const { items } = await cluster.list(resources[what], { ...query, keep })
  return byName(items)
}

/** Whatever waits on the terminal belongs to the shell. */
async function* noInput(): AsyncGenerator<Uint8Array> {}

async function nodesOfFiles(
  sources: readonly string[],
  { cwd, env }: CompletionOutside,
): Promise<readonly Candidate[]> {
  const { readNodes } = await import('#cluster/snapshot/read-snapshot.ts')
  const { nodes } = await readNodes({ sources, cwd, env, stdin: noInput() })
  return byName(nodes.map((node) => node.metadata?.name ?? ''))
}

async function revisions(
  { cluster, namespace }: LiveConnection,
  name: string | undefined,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const [{ daemonSets }, { loadHistory }] = await Promise.all([
    import('#cluster/resources.ts'),
    import('#rollout/history.ts'),
  ])
  const only = async () => {
    const { items } = await cluster.list(daemonSets, { namespace, signal })
    return items.length === 1 ? items[0] : undefined
  }
  const daemonSet =
    name === undefined ? await only() : await cluster.get(daemonSets, { name, namespace }, { signal })
  if (!daemonSet) return []
  const history = await loadHistory(cluster, daemonSet, { signal })
  return history.toReversed().map(({ revision, changeCause, images, current }) => ({
    value: String(revision),
    description: `${changeCause || images.join(', ')}${current ? ' (current)' : ''}`,
  }))
}
