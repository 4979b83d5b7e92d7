/** Completion indexes as a status writes them: `0-2,5,7,8`. Mirrors indexed_job_utils.go. */

const wholeNumber = (text: string | undefined) => (/^\d+$/.test(text ?? '') ? Number(text) : undefined)

/** Reads such a text; what is not well formed, and what lies beyond `completions`, is passed over. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>()
  for (const interval of text ? text.split(',') : []) {
    const [low, high] = interval.split('-')
    const first = wholeNumber(low)
    const last = high === undefined ? first : wholeNumber(high)
    if (first === undefined || last === undefined) continue
    for (let index = first; index <= Math.min(last, completions - 1); index += 1) indexes.add(index)
  }
  return indexes
}

/** Writes indexes in order; three or more in a row with a dash. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] ?? 0
    let last = first
    while (sorted[at + 1] === last + 1) {
      at += 1
      last += 1
    }
    parts.push(last === first ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`)
    at += 1
  }
  return parts.join(',')
}
