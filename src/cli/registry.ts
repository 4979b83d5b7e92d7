import type { Context } from './context.ts'
import type { CommandSpec, Examples, FlagSpec, GroupSpec } from './spec.ts'
import type { Definitions, TopicSpec } from './topics/spec.ts'

/** All that kds can do, as data: what the shell parses, helps with, completes and documents. */
export interface Registry {
  /** kds itself. */
  readonly root: GroupSpec
  /** Words that only hold further commands, without the root. */
  readonly groups: readonly GroupSpec[]
  /** In the order of their use, in which help lists them. */
  readonly commands: readonly CommandSpec[]
  /** Commands of kubectl that kds has not: what to type instead, behind `kubectl`. */
  readonly kubectls: Readonly<Record<string, string>>
  /** What kds alone shows to begin with. */
  readonly start: {
    readonly examples: Examples
    /** A line on how the DaemonSets of the user's cluster are; undefined where that cannot be had at once. Never throws. */
    standing(context: Context): Promise<string | undefined>
  }
  /** Pages of `kds help TOPIC`. */
  readonly topics: readonly TopicSpec[]
  /** Flags that may stand before the words of a command, beside the global ones. */
  readonly leadingFlags: readonly FlagSpec[]
  /** What the manual says of variables and of files that are read without being named. */
  readonly environment: { readonly variables: Definitions; readonly files: Definitions }
}

type Named = CommandSpec | GroupSpec

export const startsWith = (path: readonly string[], words: readonly string[]): boolean =>
  words.every((word, i) => path[i] === word)

/** What stands one level below these words, in the order of commands; a group stands where its first command does. */
export function childrenOf(
  { groups, commands }: Pick<Registry, 'groups' | 'commands'>,
  path: readonly string[],
): Named[] {
  const below = commands
    .filter((one) => one.path.length > path.length && startsWith(one.path, path))
    .map(({ path: words }) => words.slice(0, path.length + 1).join(' '))
  const named = new Map([...commands, ...groups].map((one) => [one.path.join(' '), one]))
  return [...new Set(below)].flatMap((words) => named.get(words) ?? [])
}

/** The command that the first words name: the one of the most words, where one has further commands below it. */
export function commandNamed(
  commands: readonly CommandSpec[],
  words: readonly string[],
): CommandSpec | undefined {
  return commands
    .filter(({ path }) => startsWith(words.slice(0, path.length), path))
    .reduce<CommandSpec | undefined>(
      (most, one) => (most && most.path.length >= one.path.length ? most : one),
      undefined,
    )
}
