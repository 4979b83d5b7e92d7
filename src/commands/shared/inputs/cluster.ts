import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'

/** Throws for a dump without Nodes: whatever it says of pods, there is nowhere to plan for. */
export function requireNodes(snapshot: ClusterSnapshot, sources: readonly string[]): void {
  if (snapshot.nodes.length > 0) return
  const where = sources.map((source) => (source === '-' ? 'stdin' : source)).join(', ')
  throw new KdsError('no-node', `there is no Node in ${escapeLine(where)}`, {
    hint: 'add them with --nodes FILE, or dump them along: kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json',
    diagnostics: snapshot.diagnostics,
  })
}
