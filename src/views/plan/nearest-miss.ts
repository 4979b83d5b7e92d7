import { escapeLine } from '#base/escape.ts'
import { wrapped } from '#base/wrap.ts'
import type { NearestMiss } from '#placement/nearest-miss.ts'
import { counted } from '../names.ts'

/** What no node has, and which node lacks the least: a sentence each. */
export function nearestMissLines(miss: NearestMiss): string[] {
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
  return lines.map(escapeLine)
}

/** The same below a head line. */
export const nearestMissText = (miss: NearestMiss, width: number): string[] =>
  nearestMissLines(miss).flatMap((line) => wrapped(line, width, '  '))
