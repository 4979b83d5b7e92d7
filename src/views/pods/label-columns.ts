import { compareText } from '#base/compare.ts'
import type { Node } from '#kube/types.ts'

/** A column for a label of the nodes. */
export interface LabelColumn {
  readonly key: string
  readonly title: string
}

/**
 * What `-L` asks for: keys of labels, as kubectl takes them. A word that is no key of any node stands for one that ends in it
 * behind a slash, the current `topology.kubernetes.io/zone` before older ones: `zone`.
 */
export function labelColumns(words: readonly string[], nodes: () => readonly Node[]): readonly LabelColumn[] {
  if (words.length === 0) return []
  const keys = new Set(nodes().flatMap(({ metadata }) => Object.keys(metadata?.labels ?? {})))
  return words.map((word) => {
    const ending = [...keys].filter((key) => key.endsWith(`/${word}`)).sort(byCurrency)
    const key = keys.has(word) ? word : (ending[0] ?? word)
    return { key, title: (key.split('/').at(-1) ?? key).toUpperCase() }
  })
}

const isOld = (key: string) => /(^|\.)beta\.kubernetes\.io\//.test(key)
const byCurrency = (one: string, other: string) =>
  Number(isOld(one)) - Number(isOld(other)) || compareText(one, other)
