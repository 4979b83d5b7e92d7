import { displayWidth } from '#base/width.ts'

const gap = 3

/**
 * A table with columns left out until it fits into `width`: those named by `leave`, one after the other. What is left may
 * still be wider.
 */
export function narrowed(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  leave: readonly string[],
): { readonly head: string[]; readonly rows: string[][] } {
  const widths = head.map((title, at) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(row[at] ?? '')), displayWidth(title)),
  )
  const left = new Set<number>()
  const taken = () => {
    const shown = widths.filter((_, at) => !left.has(at))
    return shown.reduce((sum, one) => sum + one + gap, -gap)
  }
  for (const title of leave) {
    if (taken() <= width) break
    const at = head.indexOf(title)
    if (at >= 0) left.add(at)
  }
  const kept = (cells: readonly string[]) => cells.filter((_, at) => !left.has(at))
  return { head: kept(head), rows: rows.map(kept) }
}
