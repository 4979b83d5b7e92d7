import type { Candidate } from '#cli/completion/candidate.ts'
import type { NamedKind } from '#cli/completion/sources.ts'
import { targetNames } from '#cli/completion/targets.ts'
import type { TypedWords } from '#cli/completion/typed.ts'
import type { Outside } from '#cli/main.ts'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { connect } from '#cluster/live/connect.ts'
import type { Cluster } from '#cluster/port.ts'
import { daemonSets, namespaces, nodes, type Resource } from '#cluster/resources.ts'
import { connectionFlagsOf } from '#commands/shared/connection-flags.ts'
import { quietHost } from '#commands/shared/quiet-host.ts'
import type { KubeObject } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'

/** The outside as far as completion needs it. */
export type CompletionOutside = Pick<Outside, 'env' | 'cwd' | 'version' | 'clock' | 'atExit'>

/** The names of a kind, from kubeconfig, cluster or dumps. Rejects where they cannot be had, and when the signal comes first. */
export async function lookUp(
  kind: NamedKind,
  typed: TypedWords,
  signal: AbortSignal,
  outside: CompletionOutside,
): Promise<readonly Candidate[]> {
  const flags = connectionFlagsOf(typed)
  const host = quietHost(outside)
  if (kind === 'context' || kind === 'cluster' || kind === 'user')
    return byName([...(await loadKubeconfig(flags.kubeconfig || undefined, host))[`${kind}s`].keys()])
  const files = [...typed.list('nodes'), ...typed.list('snapshot')].filter((source) => source !== '-')
  if (files.length > 0 && kind === 'node') return namesInFiles('nodes', files, outside)
  if (files.length > 0 && kind === 'daemonset') return namesInFiles('daemonSets', files, outside)
  const { cluster, namespace } = await connect(flags, host)
  try {
    if (kind === 'revision') return await revisions(cluster, namespace, targetNames(typed.args)[0], signal)
    if (kind === 'namespace') return await names(cluster, namespaces, { signal })
    if (kind === 'node') return await names(cluster, nodes, { signal })
    return await names(cluster, daemonSets, { signal, ...(typed.on('all-namespaces') ? {} : { namespace }) })
  } finally {
    cluster.close()
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
  cluster: Cluster,
  namespace: string,
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
