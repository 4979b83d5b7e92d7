import type { Candidate } from '#cli/completion/candidate.ts'
import type { NamedKind } from '#cli/completion/sources.ts'
import type { TypedWords } from '#cli/completion/typed.ts'
import type { CompletionOutside } from './look-ups.ts'

/**
 * The names that a user has: in the kubeconfig, the cluster, and the dumps that `--nodes` and `--snapshot` name. A look-up that
 * takes longer than the signal allows, or fails, has nothing to offer. Its code is loaded with the first of them.
 */
export async function liveNames(
  kind: NamedKind,
  typed: TypedWords,
  signal: AbortSignal,
  outside: CompletionOutside,
): Promise<readonly Candidate[]> {
  const late = new Promise<readonly Candidate[]>((resolve) => {
    signal.addEventListener('abort', () => resolve([]), { once: true })
  })
  const look = async () => {
    const { lookUp } = await import('../bundles/live.ts')
    return lookUp(kind, typed, signal, outside)
  }
  try {
    return await Promise.race([look(), late])
  } catch {
    return []
  }
}
