import type { Candidate } from '#cli/completion/candidate.ts'
import type { CompletionSources } from '#cli/completion/sources.ts'
import type { TypedWords } from '#cli/completion/typed.ts'
import type { Outside } from '#cli/main.ts'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { connect, type LiveConnection } from '#cluster/live/connect.ts'
import type { Cluster } from '#cluster/port.ts'
import { daemonSets, namespaces, nodes, type Resource } from '#cluster/resources.ts'
import { connectionFlagsOf } from '#commands/shared/connection.ts'
import { quietHost } from '#commands/shared/quiet-host.ts'
import type { KubeObject } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'

/** The outside as far as completion needs it. */
export type CompletionOutside = Pick<Outside, 'env' | 'cwd' | 'version' | 'clock' | 'atExit'>

/** What kubeconfig, cluster and dumps know. Rejects where it cannot be had, and when the signal comes first. */
export function lookUps(
  typed: TypedWords,
  signal: AbortSignal,
  outside: CompletionOutside,
): CompletionSources {
  const flags = connectionFlagsOf(typed)
  const host = quietHost(outside)
  const section = (name: 'contexts' | 'clusters' | 'users') => async () =>
    byName([...(await loadKubeconfig(flags.kubeconfig || undefined, host))[name].keys()])
  const live = async (ask: (connection: LiveConnection) => Promise<readonly Candidate[]>) => {
    const connection = await connect(flags, host)
    try {
      return await ask(connection)
    } finally {
      connection.cluster.close()
    }
  }
  const files = [...typed.list('nodes'), ...typed.list('snapshot')].filter((source) => source !== '-')
  return {
    contexts: section('contexts'),
    clusters: section('clusters'),
    users: section('users'),
    namespaces: () => live(({ cluster }) => names(cluster, namespaces, { signal })),
    daemonSets: () => {
      if (files.length > 0) return namesInFiles('daemonSets', files, outside)
      return live(({ cluster, namespace }) =>
        names(cluster, daemonSets, { signal, ...(typed.on('all-namespaces') ? {} : { namespace }) }),
      )
    },
    nodes: () => {
      if (files.length > 0) return namesInFiles('nodes', files, outside)
      return live(({ cluster }) => names(cluster, nodes, { signal }))
    },
    revisions: (daemonSet) => live((connection) => revisions(connection, daemonSet, signal)),
  }
}

const byName = (all: readonly string[]): Candidate[] =>
  [...new Set(all)].sort((a, b) => (a < b ? -1 : 1)).map((value) => ({ value }))

async function names(
  cluster: Cluster,
  resource: Resource,
  query: { readonly signal: AbortSignal; readonly namespace?: string },
): Promise<readonly Candidate[]> {
  const keep = (object: KubeObject) => object.metadata?.name ?? ''
  const { items } = await cluster.list(resource, {
    ...query,
    keep,
    fields: 'metadata { name }',
    mayBeOld: true,
  })
  return byName(items)
}

/** Whatever waits on the terminal belongs to the shell. */
async function* noInput(): AsyncGenerator<Uint8Array> {}

async function namesInFiles(
  kind: 'nodes' | 'daemonSets',
  sources: readonly string[],
  { cwd, env }: CompletionOutside,
): Promise<readonly Candidate[]> {
  const { readSnapshot } = await import('../bundles/files.ts')
  const snapshot = await readSnapshot({ sources, cwd, env, stdin: noInput() })
  return byName(snapshot[kind].map(({ metadata }) => metadata?.name ?? ''))
}

async function revisions(
  { cluster, namespace }: LiveConnection,
  name: string | undefined,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
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
