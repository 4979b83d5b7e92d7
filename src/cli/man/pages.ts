import { flagSections } from '../flags.ts'
import { flagText } from '../help.ts'
import { childrenOf, type Registry } from '../registry.ts'
import type { CommandSpec, FlagSpec, GroupSpec } from '../spec.ts'
import type { Definitions, TopicSpec } from '../topics/spec.ts'
import { escaped, literal, paragraphs, prose, synopsis, tag, tagged } from './mdoc.ts'

/** All that the manual is made of. */
export interface Manual extends Registry {
  /** As mdoc writes a date: `November 21, 2026`. */
  readonly date: string
}

type Page = { readonly path: readonly string[]; readonly summary: string }

const pageName = ({ path }: Pick<Page, 'path'>) => ['kds', ...path].join('-')

/** Every man page of section 1 by file name: `kds.1`, one for each group and each command. */
export function manPages(manual: Manual): ReadonlyMap<string, string> {
  const { root, groups, commands } = manual
  return new Map([
    [`${pageName(root)}.1`, rootPage(manual)],
    ...groups.map((group) => [`${pageName(group)}.1`, groupPage(group, manual)] as const),
    ...commands.map((command) => [`${pageName(command)}.1`, commandPage(command, manual)] as const),
  ])
}

function page(self: Page, summary: string, date: string, sections: readonly string[]): string {
  const name = pageName(self)
  const head = [
    '.\\" Made by npm run docs from the command registry. Do not edit.',
    `.Dd ${date}`,
    `.Dt ${name.toUpperCase()} 1`,
    '.Os',
    '.Sh NAME',
    `.Nm ${name}`,
    `.Nd ${escaped(lowerFirst(summary))}`,
  ]
  return `${[...head, ...sections].join('\n')}\n`
}

/** `Show which nodes` becomes `show which nodes`; names such as `DaemonSets` stay. */
const lowerFirst = (text: string) =>
  text.replace(/^[A-Z](?=[a-z]*\b(?![A-Z]))/, (first) => first.toLowerCase())

function flagTag({ name, short, value, choices, bare }: FlagSpec): string {
  const shape = choices?.join('|') ?? value
  const given =
    shape === undefined
      ? ''
      : bare === undefined
        ? ` \\fI${escaped(shape)}\\fR`
        : `[=\\fI${escaped(shape)}\\fR]`
  const long = `\\fB${escaped(`--${name}`)}\\fR`
  return `"${short ? `\\fB${escaped(`-${short}`)}\\fR, ` : ''}${long}${given}"`
}

const flagList = (flags: readonly FlagSpec[]) => tagged(flags.map((flag) => [flagTag(flag), flagText(flag)]))

function commandPage(command: CommandSpec, manual: Manual): string {
  const { commands, groups, root, date } = manual
  const { description, usage, examples, args, flags, exitCodes } = command
  const sections = [`.Sh SYNOPSIS\n${synopsis(usage)}`, `.Sh DESCRIPTION\n${paragraphs(description)}`]
  if (args.length > 0)
    sections.push(`.Ss Arguments\n${tagged(args.map((arg) => [tag(arg.name), arg.summary]))}`)
  sections.push(
    ...flagSections(flags).map((section) => `.Ss ${escaped(section.title)}\n${flagList(section.flags)}`),
    environmentSection(manual),
    `.Sh EXIT STATUS\n${tagged(Object.entries(exitCodes).map(([code, meaning]) => [code, upperFirst(meaning)]))}`,
    `.Sh EXAMPLES\n${Object.entries(examples)
      .map(([comment, line]) => `${prose(comment)}:\n${literal(broken(line))}`)
      .join('\n.Pp\n')}`,
    seeAlso(command, [root, ...groups, ...commands]),
  )
  return page(command, command.summary, date, sections)
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** A long command line on several, as a shell takes it. */
function broken(command: string): string {
  return command.length <= 70 ? command : command.replace(/ (?=\| |--)/g, ' \\\n    ')
}

function environmentSection({ environment: { variables, files } }: Manual): string {
  const terms = ({ terms }: Definitions) => tagged(terms.map(([term, meaning]) => [tag(term), meaning]))
  return `.Sh ENVIRONMENT\n${terms(variables)}\n.Sh FILES\n${terms(files)}`
}

/** The page above, those below and those beside this one. Not by Xr: lint would seek pages that are not installed. */
function seeAlso(self: Page, all: readonly Page[]): string {
  const above = (path: readonly string[]) => path.slice(0, -1).join(' ')
  const own = self.path.join(' ')
  const related = all.filter(
    (other) =>
      other !== self &&
      (other.path.length === 0 ||
        above(other.path) === above(self.path) ||
        above(other.path) === own ||
        other.path.join(' ') === above(self.path)),
  )
  const names = [...new Set(related.map(pageName))].sort()
  return `.Sh SEE ALSO\n${names.map((name) => `\\fB${escaped(name)}\\fR(1)`).join(',\n')}`
}

const childList = (pages: readonly Page[], depth: number) =>
  tagged(pages.map(({ path, summary }) => [tag(path.slice(depth).join(' ')), `${summary}.`]))

function groupPage(group: GroupSpec, { groups, commands, root, date }: Manual): string {
  const depth = group.path.length
  return page(group, group.summary, date, [
    `.Sh SYNOPSIS\n${synopsis(`kds ${group.path.join(' ')} COMMAND [flags]`)}`,
    `.Sh DESCRIPTION\n${paragraphs(group.description)}`,
    `.Ss Commands\n${childList(childrenOf({ groups, commands }, group.path), depth)}`,
    seeAlso(group, [root, ...groups, ...commands]),
  ])
}

function rootPage(manual: Manual): string {
  const { root, groups, commands, topics, date } = manual
  const topicText = (topic: TopicSpec) =>
    topic
      .parts(commands)
      .map((part) =>
        typeof part === 'string'
          ? paragraphs(part)
          : tagged(part.terms.map(([term, meaning]) => [tag(term), meaning])),
      )
      .join('\n.Pp\n')
      .replace(/\.Pp\n(?=\.Bd|\.Bl)|(?<=\.Ed|\.El)\n\.Pp(?=\n\.B)/g, '')
  const exitCodes = topics.filter((topic) => topic.name === 'exit-codes')
  return page(root, root.summary, date, [
    `.Sh SYNOPSIS\n${synopsis('kds COMMAND [flags]')}\n.br\n${synopsis('kds help [COMMAND | TOPIC]')}\n.br\n${synopsis('kds --version')}`,
    `.Sh DESCRIPTION\n${paragraphs(root.description)}`,
    `.Ss Commands\n${childList(commands, 0)}`,
    ...topics
      .filter((topic) => topic.name !== 'environment' && topic.name !== 'exit-codes')
      .map((topic) => `.Ss ${tag(topic.summary)}\n${topicText(topic)}`),
    environmentSection(manual),
    ...exitCodes.map((topic) => `.Sh EXIT STATUS\n${topicText(topic)}`),
    seeAlso(root, [...groups, ...commands]),
  ])
}
