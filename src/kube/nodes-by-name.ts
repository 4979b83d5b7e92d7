import { oncePer } from '#base/once.ts'
import type { Node } from './types.ts'

/** The nodes by their names, the first of each; one without a name is left out. Kept for the list. */
export const nodesByName = oncePer((nodes: readonly Node[]): ReadonlyMap<string, Node> => {
  const found = new Map<string, Node>()
  for (const node of nodes) {
    const name = node.metadata?.name ?? ''
    if (name !== '' && !found.has(name)) found.set(name, node)
  }
  return found
})

/** The nodes of `nodesByName` as a list: the very same where each has a name of its own. */
export const namedOnce = oncePer((nodes: readonly Node[]): readonly Node[] => {
  const named = nodesByName(nodes)
  return named.size === nodes.length ? nodes : [...named.values()]
})
