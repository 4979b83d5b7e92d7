import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { NearestMiss } from '#placement/nearest-miss.ts'
import { type PlacementPlan, type Result, results } from '#placement/plan.ts'
import { counted, objectName } from '../names.ts'
import { type Section, sectionsText, type TextOptions } from '../sections.ts'
import { groupReasons, resultMark, resultNote } from './reason-text.ts'

function paint(style: Style, result: Result): (text: string) => string {
  if (result === 'run') return style.good
  return result === 'stay' ? style.warn : style.bad
}

/** The answer: how many of the nodes run it. */
export function headline(plan: PlacementPlan, { style, width }: TextOptions): string {
  const { run } = plan.count
  const answer = `${run} of ${counted(plan.nodes.length, 'node')}`
  const color = run === 0 ? style.bad : style.good
  return headLine(`${style.bold(color(answer))} would run`, objectName(plan.daemonSet), width, style.bold)
}

function section(plan: PlacementPlan, result: Result, style: Style): Section {
  return {
    mark: resultMark[result],
    word: result,
    note: resultNote[result],
    paint: paint(style, result),
    groups: plan.groups
      .filter((group) => group.result === result)
      .map((group) => ({ reasons: groupReasons(group), names: group.nodes.map((node) => node.name) })),
  }
}

function nearestMissText(miss: NearestMiss, { style, width }: TextOptions): string[] {
  const absent = miss.demands.filter((demand) => demand.matchingNodes === 0)
  const lines = absent.map((demand) => {
    const seen = demand.seenValues
      .map(({ value, nodes }) => `${value === '' ? '""' : value} (${nodes})`)
      .join(', ')
    const instead = seen === '' ? 'no node has such a label' : `the nodes have ${seen}`
    return `no node matches ${demand.text}: ${instead}`
  })
  if (absent.length === 0 && miss.demands.length > 1) {
    lines.push(
      `each is on some nodes, no node has all: ${miss.demands.map((demand) => demand.text).join('; ')}`,
    )
  }
  if (miss.nearest) {
    const { nodeName, decision, others } = miss.nearest
    const more = others > 0 ? `, like ${counted(others, 'other node')}` : ''
    lines.push(
      `nearest is ${nodeName}${more}: ${decision.reasons.map((reason) => reason.message).join('; ')}`,
    )
  }
  const body = lines.flatMap((line) => wrapped(escapeLine(line), width, '  '))
  return ['', style.bad('No node matches:'), ...body]
}

/** The plan of one DaemonSet on a screen: the answer first, then the nodes by result and reason, with sample names. */
export function planSummary(plan: PlacementPlan, options: TextOptions): string {
  const lines = [headline(plan, options)]
  if (plan.nearestMiss && plan.nodes.length > 0) lines.push(...nearestMissText(plan.nearestMiss, options))
  lines.push(
    ...sectionsText(
      results.map((result) => section(plan, result, options.style)),
      options,
    ),
  )
  return `${lines.join('\n')}\n`
}
