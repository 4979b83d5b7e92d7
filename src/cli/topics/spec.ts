import type { CommandSpec } from '../spec.ts'

/** Words with their meanings: a table in the terminal, a tagged list in a man page. */
export interface Definitions {
  readonly terms: readonly (readonly [term: string, meaning: string])[]
}

/** A paragraph (lines that begin with a space are kept as they are), or a list of definitions. */
type TopicPart = string | Definitions

/** A page of help that belongs to no single command: `kds help environment`. */
export interface TopicSpec {
  readonly name: string
  /** One line, no dot. */
  readonly summary: string
  readonly parts: (commands: readonly CommandSpec[]) => readonly TopicPart[]
}
