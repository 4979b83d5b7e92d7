import { oncePer } from '#base/once.ts'
import type { Node } from './types.ts'

/** The places of nodes in a list by their names, of each name the first; one without a name has none. */
export const nodePlaces = oncePer((nodes: readonly Node[]): ReadonlyMap<string, number> => {
  const places = new Map<string, number>()
  for (const [at, { metadata }] of nodes.entries()) {
    const name = metadata?.name ?? ''
    if (name !== '' && !places.has(name)) places.set(name, at)
  }
  return places
})

/** The node of the name; undefined: there is none. */
export function nodeNamed(nodes: readonly Node[], name: string | undefined): Node | undefined {
  const at = nodePlaces(nodes).get(name ?? '')
  return at === undefined ? undefined : nodes[at]
}

/** Those that have a name, each once: the very same list where that is so anyway. */
export const namedOnce = oncePer((nodes: readonly Node[]): readonly Node[] => {
  const places = nodePlaces(nodes)
  return places.size === nodes.length ? nodes : [...places.values()].flatMap((at) => nodes[at] ?? [])
})
