import type { Context } from './context.ts'

/** What a flag's value names, for shell completion. */
export type CompletionKind =
  | 'file'
  | 'folder'
  | 'node'
  | 'daemonset'
  | 'namespace'
  | 'context'
  | 'cluster'
  | 'user'
  | 'revision'

/** `rare`: seldom needed; `connection`: as kubectl's; `ignored`: accepted for compatibility, without effect. */
type FlagGroup = 'rare' | 'connection' | 'ignored'

export interface FlagSpec {
  /** Long name without dashes. */
  readonly name: string
  readonly short?: string
  /** Placeholder of the value in help (`FILE`). Absent: a boolean, which also takes `--name=false`. */
  readonly value?: string
  /** The value when the flag is given bare, for flags whose value is optional (`--dry-run`). */
  readonly bare?: string
  readonly repeatable?: boolean
  /** Each occurrence may hold several values, separated by commas, as with kubectl's slice flags. */
  readonly commaSeparated?: boolean
  readonly choices?: readonly string[]
  /** Values that completion offers where others are allowed too. */
  readonly suggests?: readonly string[]
  readonly default?: string
  readonly completes?: CompletionKind
  /** Absent: in everyday use. The others are shown by `--help=all` alone, under a title for each group. */
  readonly group?: FlagGroup
  readonly summary: string
}

export interface ArgumentSpec
  extends Pick<FlagSpec, 'name' | 'repeatable' | 'choices' | 'completes' | 'summary'> {
  readonly required?: boolean
}

/** Command lines as the user types them, each under what it is good for. */
export type Examples = Readonly<Record<string, string>>

/** What each exit code means. */
export type ExitCodes = Readonly<Record<number, string>>

/** The parsed words of one call: what the user wrote, with defaults filled in and names checked. */
export interface Invocation {
  readonly args: readonly string[]
  /** True when the user wrote the flag. */
  given(flag: string): boolean
  text(flag: string): string | undefined
  list(flag: string): readonly string[]
  on(flag: string): boolean
}

export interface Command {
  run(invocation: Invocation, context: Context): Promise<number>
}

/** A command as data. Help, commander's parser, completion and man pages are all made from it. */
export interface CommandSpec {
  /** The words after `kds`: `['rollout', 'undo']`. */
  readonly path: readonly string[]
  /** One line, no dot. */
  readonly summary: string
  /** Paragraphs, separated by empty lines. */
  readonly description: string
  readonly usage: string
  readonly examples: Examples
  readonly args: readonly ArgumentSpec[]
  readonly flags: readonly FlagSpec[]
  readonly exitCodes: ExitCodes
  /** What a failure exits with, where 1 means something else. */
  readonly failureCode?: number
  /** Loads the code of the command; nothing of it is loaded before. */
  load(): Promise<Command>
}

/** A word that only holds further commands: `kds rollout`. */
export interface GroupSpec {
  readonly path: readonly string[]
  readonly summary: string
  readonly description: string
}
