/** One thing that TAB may put in place of the word being typed. */
export interface Candidate {
  readonly value: string
  readonly description?: string
}

/** What the shell does where there are no candidates: name files, name folders, or nothing. */
type Fallback = 'files' | 'folders' | 'nothing'

export interface Completion {
  /** In the order in which to show them. */
  readonly candidates: readonly Candidate[]
  readonly fallback: Fallback
  /** The word goes on after the candidate: no space is put behind it. */
  readonly open?: boolean
}

export const nothing: Completion = { candidates: [], fallback: 'nothing' }

/** Those candidates that go on from what is typed, each value once. */
export function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  const values = new Set<string>()
  return candidates.filter(({ value }) => {
    if (!value.startsWith(typed) || values.has(value)) return false
    values.add(value)
    return true
  })
}
