import type { Candidate } from '#cli/completion/candidate.ts'
import type { CompletionSources } from '#cli/completion/sources.ts'
import type { TypedWords } from '#cli/completion/typed.ts'
import type { CompletionOutside } from './look-ups.ts'

/**
 * The sources that a user has: kubeconfig, cluster, and the dumps that `--nodes` and `--snapshot` name. A look-up that takes
 * longer than the signal allows, or fails, has nothing to offer. Their code is loaded with the first of them.
 */
export function liveSources(
  typed: TypedWords,
  signal: AbortSignal,
  outside: CompletionOutside,
): CompletionSources {
  const look = (ask: (sources: CompletionSources) => Promise<readonly Candidate[]>) =>
    quiet(signal, async () => {
      const { lookUps } = await import('../bundles/live.ts')
      return ask(lookUps(typed, signal, outside))
    })
  return {
    contexts: () => look((sources) => sources.contexts()),
    clusters: () => look((sources) => sources.clusters()),
    users: () => look((sources) => sources.users()),
    namespaces: () => look((sources) => sources.namespaces()),
    daemonSets: () => look((sources) => sources.daemonSets()),
    nodes: () => look((sources) => sources.nodes()),
    revisions: (daemonSet) => look((sources) => sources.revisions(daemonSet)),
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
