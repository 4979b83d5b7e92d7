import { humanDuration, parseTime } from '#kube/duration.ts'
import type { TableOptions } from '../table.ts'
import type { RevisionRow } from './row.ts'

interface Layout {
  readonly now: number
  readonly wide: boolean
  readonly namespaces: boolean
  /** Columns of the terminal; undefined: rows are never broken. */
  readonly width: number | undefined
}

/** `812`, `1.4Ki`, `23Ki`: bytes in few figures. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return String(bytes)
  const kibi = bytes / 1024
  return kibi < 10
    ? `${kibi.toFixed(1)}Ki`
    : kibi < 1000
      ? `${Math.round(kibi)}Ki`
      : `${(kibi / 1024).toFixed(1)}Mi`
}

export const ageText = (createdAt: string, now: number): string => {
  const created = parseTime(createdAt)
  return created === undefined ? '<unknown>' : humanDuration(now - created)
}

export const podsText = ({ pods }: RevisionRow): string =>
  pods ? `${pods.ready}/${pods.total}` : '<unknown>'

/** Where an adoptable one goes is no matter of course. */
const stateText = ({ daemonSet, standing }: RevisionRow) =>
  standing === 'foreign' ? '' : standing === 'adoptable' ? `adoptable by ds/${daemonSet}` : standing

/** kubectl's columns, then its pods (ready/all) and its state; `wide` puts size, hash, images and cause before the state. */
export function revisionsTable(
  rows: readonly RevisionRow[],
  { now, wide, namespaces, width }: Layout,
): TableOptions {
  const cause = (text: string) => text.replaceAll(/[\n\t]/g, ' ') || '<none>'
  const line = (row: RevisionRow) => [
    ...(namespaces ? [row.namespace] : []),
    row.name,
    row.controller,
    String(row.revision),
    ageText(row.createdAt, now),
    podsText(row),
    ...(wide
      ? [sizeText(row.size), row.hash || '<none>', row.images.join(',') || '<none>', cause(row.changeCause)]
      : []),
    stateText(row),
  ]
  const head = [
    ...(namespaces ? ['NAMESPACE'] : []),
    ...['NAME', 'CONTROLLER', 'REVISION', 'AGE', 'PODS'],
    ...(wide ? ['SIZE', 'HASH', 'IMAGES', 'CHANGE-CAUSE'] : []),
    'STATE',
  ]
  return { head, rows: rows.map(line), width }
}
