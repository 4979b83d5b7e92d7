import { UsageError } from '#base/errors.ts'
import { nearest } from '#base/nearest.ts'
import type { Context } from './context.ts'
import { globalFlags } from './flags.ts'
import { commandHelp, groupHelp, startHelp } from './help.ts'
import { parseInvocation, unknownFlag } from './parser.ts'
import { leadingFlags } from './pflag.ts'
import { childrenOf, commandNamed, type Registry, startsWith } from './registry.ts'
import type { CommandSpec, GroupSpec } from './spec.ts'
import { topicHelp } from './topics/show.ts'

type Target = { readonly command: CommandSpec } | { readonly group: GroupSpec }

const asksForHelp = (word: string) => /^(-h|--help)(=(?!(0|f|F|false|FALSE|False)$)|$)/.test(word)

/**
 * The command that the leading words name, or the group that they stop in. Flags that every live command takes may stand
 * before the words, as with kubectl.
 */
function resolve(argv: readonly string[], registry: Registry): { target: Target; rest: readonly string[] } {
  const { commands, groups, root } = registry
  const count = leadingFlags(argv, [...globalFlags, ...registry.leadingFlags])
  const words = argv.slice(count)
  const command = commandNamed(commands, words)
  if (command)
    return { target: { command }, rest: [...argv.slice(0, count), ...words.slice(command.path.length)] }
  const group = groups.findLast((spec) => startsWith(words.slice(0, spec.path.length), spec.path)) ?? root
  return {
    target: { group },
    rest: words.length > group.path.length ? words.slice(group.path.length) : argv.slice(0, count),
  }
}

/** The words of the command or group that a call names, for a pointer to its help. */
export function namedPath(argv: readonly string[], registry: Registry): readonly string[] {
  const { target } = resolve(argv, registry)
  return 'command' in target ? target.command.path : target.group.path
}

/** What a failure of the command that a call names exits with. */
export function failureCode(argv: readonly string[], registry: Registry): number {
  const { target } = resolve(argv, registry)
  return 'command' in target ? (target.command.failureCode ?? 1) : 1
}

/**
 * The command that was probably meant by a word that is none in its place: one of another place (`kds undo`), else one that is
 * written nearly so in this place, else in another.
 */
function commandMeant(word: string, group: GroupSpec, registry: Registry): readonly string[] | undefined {
  const nameOf = ({ path }: { readonly path: readonly string[] }) => path.at(-1) ?? ''
  const here = childrenOf(registry, group.path)
  const all = [...here, ...registry.commands]
  const namesHere = here.map(nameOf)
  const name = registry.commands.some((one) => nameOf(one) === word)
    ? word
    : (nearest(word, namesHere) ?? nearest(word, all.map(nameOf)))
  return all.find((one) => nameOf(one) === name)?.path
}

function unknownCommand(
  [word = '', ...rest]: readonly string[],
  group: GroupSpec,
  program: string,
  registry: Registry,
): UsageError {
  const elsewhere = group === registry.root ? registry.kubectls[word] : undefined
  if (elsewhere !== undefined)
    return new UsageError(`kds has no command "${word}", kubectl has`, { hint: `use: kubectl ${elsewhere}` })
  const path = commandMeant(word, group, registry)
  const known = childrenOf(registry, group.path).map((child) => child.path.at(-1))
  return new UsageError(`unknown command "${word}" for "${[program, ...group.path].join(' ')}"`, {
    hint: path
      ? `did you mean "${[program, ...path, ...rest].join(' ')}"?`
      : `commands are: ${known.join(', ')}`,
  })
}

/** What is refused of `kds rollout waves pauze` is told with the command below that was probably meant. */
function belowMeant(error: unknown, spec: CommandSpec, word: string, registry: Registry): unknown {
  if (!(error instanceof UsageError) || error.hint !== undefined || word.includes('/')) return error
  const below = childrenOf(registry, spec.path).map((child) => child.path.at(-1) ?? '')
  const name = nearest(word, below)
  if (name === undefined) return error
  return new UsageError(error.message, {
    hint: `did you mean "kds ${[...spec.path, name].join(' ')}"?`,
    cause: error,
  })
}

/** Finds the command that the words name and runs it; prints help where it is asked for. Answers the exit code. */
export async function dispatch(
  argv: readonly string[],
  context: Context,
  registry: Registry,
): Promise<number> {
  const { commands, topics, root } = registry
  const { stdout, program, style } = context
  const topic = argv[0] === 'help' ? topics.find(({ name }) => name === argv[1]) : undefined
  if (topic) {
    stdout.write(topicHelp(topic, commands, program, stdout.columns, style.stdout))
    return 0
  }
  if (argv.length === 0) {
    stdout.write(startHelp(registry, program, stdout.columns, style.stdout))
    const standing = stdout.isTerminal ? await registry.start.standing(context) : undefined
    if (standing !== undefined) stdout.write(`\n${standing}\n`)
    return 0
  }
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
  const { target, rest } = resolve(words, registry)
  if ('command' in target) {
    const spec = target.command
    const flagsEnd = rest.indexOf('--')
    const asked = rest.slice(0, flagsEnd < 0 ? undefined : flagsEnd).filter(asksForHelp)
    if (asked.length > 0) {
      const all = asked.some((word) => word.endsWith('=all'))
      const below = childrenOf(registry, spec.path)
      stdout.write(commandHelp(spec, program, stdout.columns, style.stdout, below, all))
      return 0
    }
    try {
      const invocation = parseInvocation(spec, rest)
      const command = await spec.load()
      return await command.run(invocation, context)
    } catch (error) {
      throw belowMeant(error, spec, rest[0] ?? '', registry)
    }
  }
  const word = rest[0]
  if (word !== undefined && !asksForHelp(word)) {
    if (word.startsWith('-')) throw unknownFlag(word, [...globalFlags, ...registry.leadingFlags])
    throw unknownCommand(rest, target.group, program, registry)
  }
  const { group } = target
  const pages = group === root ? topics : []
  stdout.write(
    groupHelp(group, childrenOf(registry, group.path), program, stdout.columns, style.stdout, pages),
  )
  return 0
}
