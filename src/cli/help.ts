import type { Style } from '#base/style.ts'
import { definitionList, paragraphs } from './help-layout.ts'
import type { CommandSpec, FlagSpec, GroupSpec } from './spec.ts'
import type { TopicSpec } from './topics/spec.ts'

/** `-f, --filename FILE`, as help, man pages and the README show a flag. */
export function flagLabel(flag: FlagSpec): string {
  const value = flag.choices?.join('|') ?? flag.value
  const shape = value === undefined ? '' : flag.bare === undefined ? ` ${value}` : `[=${value}]`
  return `${flag.short ? `-${flag.short}, ` : '    '}--${flag.name}${shape}`
}

/** What a flag does, with its default and whether it may be repeated. */
export function flagText(flag: FlagSpec): string {
  const notes = [
    flag.repeatable ? 'repeatable' : undefined,
    flag.default !== undefined && flag.default !== '' && flag.default !== 'false'
      ? `default ${flag.default}`
      : undefined,
  ].filter((note) => note !== undefined)
  return notes.length > 0 ? `${flag.summary} (${notes.join(', ')})` : flag.summary
}

/** A command or group in a list of such. */
interface Listed {
  readonly path: readonly string[]
  readonly summary: string
}

const rowsOf = (all: readonly Listed[], depth: number) =>
  all.map(({ path, summary }) => [path.slice(depth).join(' '), summary] as const)

const asProgram = (program: string, command: string) => command.replace(/\bkds\b/, program)

/** The full help of one command, and of what stands below it. */
export function commandHelp(
  spec: CommandSpec,
  program: string,
  width: number,
  style: Style,
  below: readonly Listed[] = [],
): string {
  const columns = Math.min(width, 100)
  const title = (text: string) => style.bold(text)
  const examples = spec.examples
    .map(({ comment, command }) => `  # ${comment}\n  ${asProgram(program, command)}`)
    .join('\n\n')
  const sections = [
    paragraphs(spec.description, columns),
    `${title('Usage:')}\n  ${asProgram(program, spec.usage)}`,
    `${title('Examples:')}\n${examples}`,
  ]
  if (below.length > 0)
    sections.push(`${title('Commands:')}\n${definitionList(rowsOf(below, spec.path.length), columns)}`)
  if (spec.args.length > 0) {
    sections.push(
      `${title('Arguments:')}\n${definitionList(
        spec.args.map((arg) => [arg.name, arg.summary]),
        columns,
      )}`,
    )
  }
  const flagRows = (flags: readonly FlagSpec[]) =>
    definitionList(
      flags.map((flag) => [flagLabel(flag), flagText(flag)]),
      columns,
    )
  const connection = spec.flags.filter((flag) => flag.group === 'connection')
  sections.push(
    `${title('Flags:')}\n${flagRows(spec.flags.filter((flag) => flag.group === undefined))}`,
    ...(connection.length > 0
      ? [`${title("Connection flags, as kubectl's:")}\n${flagRows(connection)}`]
      : []),
    `${title('Exit codes:')}\n${definitionList(Object.entries(spec.exitCodes), columns)}`,
  )
  return `${sections.join('\n\n')}\n`
}

/** The help of kds itself, or of a word such as `rollout` that only holds further commands. */
export function groupHelp(
  group: GroupSpec,
  children: readonly Listed[],
  program: string,
  width: number,
  style: Style,
  topics: readonly TopicSpec[] = [],
): string {
  const columns = Math.min(width, 100)
  const depth = group.path.length
  const words = [program, ...group.path].join(' ')
  const rows = rowsOf(children, depth)
  const topicRows = topics.map((topic) => [topic.name, topic.summary] as const)
  return [
    paragraphs(group.description, columns),
    `${style.bold('Commands:')}\n${definitionList(rows, columns)}`,
    ...(topics.length > 0 ? [`${style.bold('Topics:')}\n${definitionList(topicRows, columns)}`] : []),
    `${style.bold('Usage:')}\n  ${words} COMMAND [flags]`,
    `Use "${words} COMMAND --help" for more about a command${topics.length > 0 ? `, "${program} help TOPIC" for a topic` : ''}.\n`,
  ].join('\n\n')
}
