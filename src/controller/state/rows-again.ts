import type { Pod } from '#kube/types.ts'
import { targetNodeOf } from '../daemon-pod.ts'
import type { PodRules } from '../update-strategy.ts'
import type { LastRows, RememberedPods } from './memory.ts'
import { nodeRow, ownPods, podRows, type Rows } from './rows.ts'
import type { StateInput, StateRow } from './types.ts'
import { nothingTold } from './words.ts'

/** Remembers the rows of a look, if the next one can be told from them by what has changed. */
export function lastRows(
  { nodes, pods }: Pick<StateInput, 'nodes' | 'pods'>,
  own: readonly Pod[],
  { rows, strays }: Rows,
  { rules }: RememberedPods,
): LastRows | undefined {
  if (own.length !== pods.length || strays.length > 0) return undefined
  const places = new Map(rows.map(({ node }, at) => [node, at]))
  return { rules, nodes, pods, known: new Set(pods), rows, places }
}

/**
 * The rows of a look at the same nodes, where some pods have changed since the last one: made anew are those of the nodes of these
 * pods, and those that time changes. Undefined where all have to be made anew.
 */
export function rowsAgain(
  { daemonSet, nodes, pods }: Pick<StateInput, 'daemonSet' | 'nodes' | 'pods'>,
  rules: PodRules,
  numbers: ReadonlyMap<string, number>,
  remembered: RememberedPods,
): LastRows | undefined {
  const { last } = remembered.memory
  if (!last || last.rules !== remembered.rules || last.nodes !== nodes) return undefined
  const changed = changes(last, pods)
  if (!changed || ownPods(daemonSet, changed.come).length !== changed.come.length) return undefined
  const { come, gone } = changed
  const touched = new Map<number, Pod[]>()
  for (const [at, row] of last.rows.entries()) if (hasSettling(row)) touched.set(at, [])
  for (const pod of come) if (!touch(pod, last, touched)?.push(pod)) return undefined
  for (const pod of gone) if (!touch(pod, last, touched)) return undefined
  const rowOf = podRows(rules, nothingTold, numbers, remembered)
  const left = new Set(gone)
  const rows = [...last.rows]
  for (const [at, more] of touched) {
    const row = rows[at] as StateRow
    const { object } = row
    const on = [...row.pods.flatMap(({ pod }) => (left.has(pod) ? [] : [pod])), ...more]
    if (!object || (on.length === 0 && !row.shouldRun)) return undefined
    const all = on.map((pod) => rowOf(pod, object))
    rows[at] = nodeRow(object, row, all, remembered.memory)
  }
  for (const pod of gone) last.known.delete(pod)
  for (const pod of come) last.known.add(pod)
  return { ...last, pods, rows }
}

/** Pods that are there no more, and those that were not there. Undefined where others have changed their places. */
function changes({ known, pods }: LastRows, now: readonly Pod[]) {
  const gone: Pod[] = []
  const come: Pod[] = []
  let at = 0
  for (const pod of now) {
    if (pods[at] !== pod && !known.has(pod)) {
      come.push(pod)
      continue
    }
    while (pods[at] !== pod) {
      if (at === pods.length) return undefined
      gone.push(pods[at++] as Pod)
    }
    at++
  }
  return { gone: [...gone, ...pods.slice(at)], come }
}

const hasSettling = ({ phase, pods }: StateRow) =>
  phase === 'settling' || (pods.length > 1 && pods.some((pod) => pod.phase === 'settling'))

/** What comes to the node of a pod; undefined for a pod of no node that is there. */
function touch(pod: Pod, { places }: LastRows, touched: Map<number, Pod[]>): Pod[] | undefined {
  const at = places.get(targetNodeOf(pod) ?? '')
  if (at === undefined) return undefined
  const there = touched.get(at) ?? []
  touched.set(at, there)
  return there
}
