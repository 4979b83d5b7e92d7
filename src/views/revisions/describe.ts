import { describePodTemplate } from '../pod-template/pod-template.ts'
import { DescribeWriter, writeAnnotations, writeLabels } from '../pod-template/writer.ts'
import { tabColumns } from '../tab-columns.ts'
import { nextCommand, type RevisionRow, standingText } from './row.ts'
import { ageText, sizeText } from './table.ts'

/**
 * One revision on a page: what it is called and to whom it belongs, as `kubectl describe` begins, its standing, and the pod
 * template that it holds in the words of `kubectl rollout history --revision`.
 */
export function revisionPage(row: RevisionRow, now: number): string {
  const to = new DescribeWriter()
  to.write(0, `Name:\t${row.name}\n`)
  to.write(0, `Namespace:\t${row.namespace}\n`)
  to.write(0, `State:\t${row.standing === 'foreign' ? '' : `${row.standing}: `}${standingText(row)}\n`)
  to.write(0, `Controller:\t${row.controller}\n`)
  to.write(0, `Revision:\t${row.revision}\n`)
  to.write(0, `Hash:\t${row.hash || '<none>'}\n`)
  to.write(0, `Created:\t${row.createdAt || '<unknown>'} (${ageText(row.createdAt, now)} ago)\n`)
  to.write(0, `Change Cause:\t${row.changeCause.replaceAll('\n', ' ') || '<none>'}\n`)
  to.write(0, `Pods:\t${podsLine(row)}\n`)
  to.write(0, `Size:\t${sizeText(row.size)}\n`)
  writeLabels(to, 'Labels', Object.entries(row.labels))
  writeAnnotations(to, 'Annotations', Object.entries(row.annotations))
  const next = nextCommand(row)
  const page = tabColumns(to.toString() + describePodTemplate(row.template))
  return next === undefined ? page : `${page}Next:\n  ${next}\n`
}

function podsLine({ pods }: RevisionRow): string {
  if (!pods) return '<unknown>'
  return pods.total === 0 ? '<none>' : `${pods.total}, ${pods.ready} of them ready`
}
