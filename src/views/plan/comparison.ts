import { headLine } from '#base/wrap.ts'
import type { PlacementComparison } from '#controller/changes/compare-placement.ts'
import type { PlacementPlan, PlannedNode } from '#placement/plan.ts'
import { counted, objectName } from '../names.ts'
import { type Group, type Section, sectionsText, type TextOptions } from '../sections.ts'
import { reasonText } from './reason-text.ts'

/** Nodes that share their reasons; nodes that run it have none. */
function groupsOf(names: readonly string[], nodes: ReadonlyMap<string, PlannedNode>): Group[] {
  const groups = new Map<string, { reasons: string[]; names: string[] }>()
  for (const name of names) {
    const reasons = nodes.get(name)?.decision.reasons.map(reasonText) ?? []
    const key = reasons.join('\n')
    const group = groups.get(key)
    if (group) group.names.push(name)
    else groups.set(key, { reasons, names: [name] })
  }
  return [...groups.values()].sort((a, b) => b.names.length - a.names.length)
}

/** Two manifests on the same nodes, without any pods: the nodes that the new one wins and loses, and why it loses them. */
export function comparisonSummary(
  plan: PlacementPlan,
  compared: PlacementComparison,
  options: TextOptions,
): string {
  const { style } = options
  const { added, removed, notRecreated, unchanged } = compared
  const nodes = new Map(plan.nodes.map((node) => [node.name, node]))
  const gone = removed.length + notRecreated.length
  const answer =
    added.length + gone === 0
      ? style.good('no node won or lost')
      : style.warn(`${added.length} won, ${gone} lost`)
  const section = (
    word: string,
    mark: string,
    paint: Section['paint'],
    names: readonly string[],
    note = '',
  ): Section => ({
    word,
    mark,
    asciiMark: true,
    note,
    paint,
    groups: groupsOf(names, nodes),
  })
  const sections = [
    section('won', '+', style.good, added),
    section('lost', '-', style.bad, removed, 'one already there is deleted'),
    section('lost', '-', style.warn, notRecreated, 'no new pod; one already there stays'),
  ]
  const kinds = `${counted(unchanged.length, 'node')} as before`
  const head = headLine(
    `${style.bold(answer)}, ${kinds}:`,
    objectName(plan.daemonSet),
    options.width,
    style.bold,
  )
  return `${[head, ...sectionsText(sections, options)].join('\n')}\n`
}
