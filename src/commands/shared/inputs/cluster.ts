import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { meant } from '#base/nearest.ts'
import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import type { Node } from '#kube/types.ts'
import { counted, sampleNames } from '#views/names.ts'

/** Throws for a dump without Nodes: whatever it says of pods, there is nowhere to plan for. */
export function requireNodes(snapshot: ClusterSnapshot, sources: readonly string[]): void {
  if (snapshot.nodes.length > 0) return
  const where = sources.map((source) => (source === '-' ? 'stdin' : source)).join(', ')
  throw new KdsError('no-node', `there is no Node in ${escapeLine(where)}`, {
    hint: 'add them with --nodes FILE, or dump them along: kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json',
    diagnostics: snapshot.diagnostics,
  })
}

/** Columns that names may take in a hint. */
const listWidth = 60

/** That no node has a name, with the name that was probably meant. */
export function noSuchNode(name: string, nodes: readonly Node[]): KdsError {
  const message = `no node "${escapeLine(name)}" among the ${counted(nodes.length, 'node')}`
  const names = nodes.map((node) => node.metadata?.name ?? '')
  const hint = `the nodes are ${sampleNames(names, listWidth)}`
  return new KdsError('no-such-node', message, { hint, ...meant(name, names) })
}

/** @throws KdsError for the first name that no node has */
export function requireNodesNamed(names: readonly string[], nodes: readonly Node[]): void {
  const known = new Set(nodes.map((node) => node.metadata?.name ?? ''))
  const unknown = names.find((name) => !known.has(name))
  if (unknown !== undefined) throw noSuchNode(unknown, nodes)
}
