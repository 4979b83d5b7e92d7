import type { CompletionKind } from '../spec.ts'
import type { Candidate } from './candidate.ts'
import type { TypedWords } from './typed.ts'

/** What has a name outside the program. */
export type NamedKind = Exclude<CompletionKind, 'file' | 'folder'>

/**
 * The names of a kind, for the flags that are typed already (`-n`, `--context`, …). Revisions come newest first, the change
 * cause as description; where no DaemonSet is typed, those of the namespace's only one. An answer that cannot be had is
 * empty; nothing is thrown and nothing is printed.
 */
export type NamesOf = (kind: NamedKind, typed: TypedWords) => Promise<readonly Candidate[]>
