import type { Style } from '#base/style.ts'
import { flagSections } from './flags.ts'
import { definitionList, paragraphs } from './help-layout.ts'
import type { Registry } from './registry.ts'
import type { CommandSpec, FlagSpec, GroupSpec } from './spec.ts'
import type { TopicSpec } from './topics/spec.ts'

/** `-f, --filename FILE`, as help, man pages and the README show a flag. */
export function flagLabel(flag: FlagSpec): string {
  const value = flag.choices?.join('|') ?? flag.value
  const shape = value === undefined ? '' : flag.bare === undefined ? ` ${value}` : `[=${value}]`
  return `${flag.short ? `-${flag.short}, ` : '    '}--${flag.name}${shape}`
}

/** What a flag does, with its default and, if all is told, whether it may be repeated. */
export function flagText(flag: FlagSpec, all = true): string {
  const notes = [
    all && flag.repeatable ? 'repeatable' : undefined,
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

/** So many examples are shown unless all is asked for. */
const fewExamples = 3

/**
 * The help of one command, and of what stands below it: what is in everyday use, within two screens of 80 columns, or all
 * there is to tell.
 */
export function commandHelp(
  spec: CommandSpec,
  program: string,
  width: number,
  style: Style,
  below: readonly Listed[] = [],
  all = false,
): string {
  const columns = Math.min(width, 100)
  const title = (text: string) => style.bold(text)
  const description = all ? spec.description : (spec.description.split(/\n{2,}/)[0] ?? '')
  const examples = Object.entries(spec.examples)
    .slice(0, all ? undefined : fewExamples)
    .map(([comment, command]) => `  # ${comment}\n  ${asProgram(program, command)}`)
    .join('\n\n')
  const sections = [
    paragraphs(description, columns),
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
  for (const { group, title: heading, flags } of flagSections(spec.flags))
    if (all || group === undefined)
      sections.push(
        `${title(`${heading}:`)}\n${definitionList(
          flags.map((flag) => [flagLabel(flag), flagText(flag, all)]),
          columns,
        )}`,
      )
  if (all)
    sections.push(
      `${title('Exit codes:')}\n${definitionList(
        Object.entries(spec.exitCodes).map(([code, meaning]) => [code, meaning]),
        columns,
      )}`,
    )
  else sections.push(paragraphs(moreHelp(spec, program), columns))
  return `${sections.join('\n\n')}\n`
}

/** What the help in short leaves out. */
function moreHelp({ flags, path }: CommandSpec, program: string): string {
  const connects = flags.some(({ group }) => group === 'connection')
  const whole = `"${[program, ...path].join(' ')} --help=all" tells all details, flags and exit codes.`
  return connects ? `${whole} --context, --kubeconfig and so on are as kubectl's.` : whole
}

/** What kds alone shows: what to do first. */
export function startHelp({ root, start, topics }: Registry, program: string, width: number, style: Style) {
  const columns = Math.min(width, 100)
  const examples = Object.entries(start.examples).map(
    ([comment, command]) => [asProgram(program, command), comment] as const,
  )
  return [
    paragraphs(root.description, columns),
    `${style.bold('To begin with:')}\n${definitionList(examples, columns)}`,
    `${paragraphs(`"${program} --help" lists all commands, "${program} COMMAND --help" tells about one, "${program} help TOPIC" about: ${topics.map(({ name }) => name).join(', ')}.`, columns)}\n`,
  ].join('\n\n')
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
