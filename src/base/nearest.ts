/** How many letters differ, a swap of two neighbours being one: optimal string alignment. Small words only. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : change
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

/** The known word that was probably meant: at most a third of it differs. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3))
  return known
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ off }) => off <= limit)
    .sort((a, b) => a.off - b.off)[0]?.candidate
}

/** Fewer letters than this are a part of too many names. */
const leastPart = 3

/** The shortest name that begins with what was typed, or holds it: `ip-10-0-3-7` for the name of a cloud's node. */
function completed(part: string, known: readonly string[]): string | undefined {
  if (part.length < leastPart) return undefined
  const holding = known.filter((name) => name.includes(part)).sort((a, b) => a.length - b.length)
  return holding.find((name) => name.startsWith(part)) ?? holding[0]
}

/**
 * The hint of an error about a name that there is not: the one that was probably meant, mistyped or typed in part only.
 * Empty where none comes near.
 */
export function meant(
  word: string,
  known: readonly string[],
  ask = (name: string) => `did you mean ${name}?`,
): { readonly hint?: string } {
  const name = nearest(word, known) ?? completed(word, known)
  return name === undefined ? {} : { hint: ask(name) }
}
