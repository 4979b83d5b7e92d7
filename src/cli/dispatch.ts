import { UsageError } from '#base/errors.ts'
import { nearest } from '#base/nearest.ts'
import { connectionFlags, namespaceFlag } from './connection-flags.ts'
import type { Context } from './context.ts'
import { globalFlags } from './flags.ts'
import { commandHelp, groupHelp } from './help.ts'
import { parseInvocation } from './parser.ts'
import { leadingFlags } from './pflag.ts'
import { commands, groups, root } from './registry.ts'
import type { CommandSpec, GroupSpec } from './spec.ts'
import { topicHelp } from './topics/show.ts'
import { topics } from './topics/topics.ts'

type Target = { readonly command: CommandSpec } | { readonly group: GroupSpec }

const asksForHelp = (word: string | undefined) => word === '-h' || word === '--help'
const startsWith = (path: readonly string[], words: readonly string[]) =>
  words.every((word, i) => path[i] === word)

/**
 * The command that the leading words name, or the group that they stop in. Flags that every live command takes may stand
 * before the words, as with kubectl.
 */
function resolve(argv: readonly string[]): { target: Target; rest: readonly string[] } {
  const count = leadingFlags(argv, [...globalFlags, namespaceFlag, ...connectionFlags])
  const words = argv.slice(count)
  const command = commands.find((spec) => startsWith(words.slice(0, spec.path.length), spec.path))
  if (command)
    return { target: { command }, rest: [...argv.slice(0, count), ...words.slice(command.path.length)] }
  const group = groups.findLast((spec) => startsWith(words.slice(0, spec.path.length), spec.path)) ?? root
  return {
    target: { group },
    rest: words.length > group.path.length ? words.slice(group.path.length) : argv.slice(0, count),
  }
}

/** The words of the command or group that a call names, for a pointer to its help. */
export function namedPath(argv: readonly string[]): readonly string[] {
  const { target } = resolve(argv)
  return 'command' in target ? target.command.path : target.group.path
}

/** The direct children of a group: its commands, and groups that are a level deeper. */
export function childrenOf(group: GroupSpec): readonly (CommandSpec | GroupSpec)[] {
  const depth = group.path.length
  return [...groups, ...commands].filter(
    (spec) => spec.path.length === depth + 1 && startsWith(spec.path, group.path),
  )
}

function unknownCommand(word: string, group: GroupSpec, program: string): UsageError {
  const known = childrenOf(group).map((child) => child.path.at(-1) ?? '')
  const close = nearest(word, known)
  const where = [program, ...group.path].join(' ')
  return new UsageError(`unknown command "${word}" for "${where}"`, {
    hint: close ? `did you mean "${where} ${close}"?` : `commands are: ${known.join(', ')}`,
  })
}

/** Finds the command that the words name and runs it; prints help where it is asked for. Answers the exit code. */
export async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const { stdout, program, style } = context
  const topic = argv[0] === 'help' ? topics.find(({ name }) => name === argv[1]) : undefined
  if (topic) {
    stdout.write(topicHelp(topic, commands, program, stdout.columns, style.stdout))
    return 0
  }
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
  const { target, rest } = resolve(words)
  if ('command' in target) {
    const spec = target.command
    const flagsEnd = rest.indexOf('--')
    if (rest.slice(0, flagsEnd < 0 ? undefined : flagsEnd).some(asksForHelp)) {
      stdout.write(commandHelp(spec, program, stdout.columns, style.stdout))
      return 0
    }
    const invocation = parseInvocation(spec, rest)
    return (await spec.load()).run(invocation, context)
  }
  const word = rest[0]
  if (word !== undefined && !asksForHelp(word)) {
    if (word.startsWith('-')) throw new UsageError(`unknown flag: ${word}`)
    throw unknownCommand(word, target.group, program)
  }
  const { group } = target
  const pages = group === root ? topics : []
  stdout.write(groupHelp(group, childrenOf(group), program, stdout.columns, style.stdout, pages))
  return 0
}
