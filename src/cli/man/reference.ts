import { addTo } from '#base/grouped.ts'
import { flagSections } from '../flags.ts'
import { flagLabel, flagText } from '../help.ts'
import type { CommandSpec, FlagSpec } from '../spec.ts'
import type { TopicSpec } from '../topics/spec.ts'
import type { Manual } from './pages.ts'

/** Text in a cell of a markdown table. */
const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/</g, '&lt;').replace(/\s+/g, ' ')
const code = (text: string) => `\`${text.replace(/\|/g, '\\|')}\``

function flagTable(flags: readonly FlagSpec[]): string {
  const rows = flags.map((flag) => `| ${code(flagLabel(flag).trim())} | ${cell(flagText(flag))} |`)
  return ['| flag | what it does |', '|---|---|', ...rows].join('\n')
}

const commandFile = ({ path }: Pick<CommandSpec, 'path'>) => `${['kds', ...path].join('-')}.md`

function commandText({ path, description, usage, examples, args, flags, exitCodes }: CommandSpec): string {
  const shown = Object.entries(examples)
    .map(([comment, command]) => `# ${comment}\n${command}`)
    .join('\n\n')
  const sections = [
    `# kds ${path.join(' ')}`,
    `\`\`\`\n${usage}\n\`\`\``,
    description.trim(),
    `## Examples\n\n\`\`\`sh\n${shown}\n\`\`\``,
  ]
  if (args.length > 0)
    sections.push(`## Arguments\n\n${args.map((arg) => `- ${code(arg.name)}: ${arg.summary}`).join('\n')}`)
  sections.push(
    ...flagSections(flags).map((section) => `## ${section.title}\n\n${flagTable(section.flags)}`),
    `## Exit codes\n\n${Object.entries(exitCodes)
      .map(([code, meaning]) => `- \`${code}\`: ${meaning}`)
      .join('\n')}`,
  )
  return `${sections.join('\n\n')}\n`
}

function topicText(topic: TopicSpec, commands: readonly CommandSpec[]): string {
  const parts = topic.parts(commands).map((part) => {
    if (typeof part === 'string')
      return part.startsWith(' ') ? `\`\`\`sh\n${part.replace(/^ {2}/gm, '')}\n\`\`\`` : part
    return part.terms.map(([term, meaning]) => `- ${code(term).replace(/\\\|/g, '|')}: ${meaning}`).join('\n')
  })
  return `# ${topic.summary}\n\n\`kds help ${topic.name}\`\n\n${parts.join('\n\n')}\n`
}

/** The command reference in markdown, by file name. */
export function referencePages(manual: Manual): ReadonlyMap<string, string> {
  const { commands, topics } = manual
  const links = [
    ...commands.map(
      (command) => `- [kds ${command.path.join(' ')}](${commandFile(command)}): ${command.summary}`,
    ),
    '',
    ...topics.map((topic) => `- [${topic.summary}](${topic.name}.md)`),
    '- [Every flag of every command](flags.md)',
  ]
  return new Map([
    [
      'README.md',
      `# Command reference\n\nMade by \`npm run docs\` from the command registry.\n\n${links.join('\n')}\n`,
    ],
    ...commands.map((command) => [commandFile(command), commandText(command)] as const),
    ...topics.map((topic) => [`${topic.name}.md`, topicText(topic, commands)] as const),
    ['flags.md', `# Every flag\n\n${flagSummary(manual)}\n`],
  ])
}

/** One table of the flags of all commands: which flag, which commands. */
function flagSummary({ commands }: Manual): string {
  const rows = new Map<string, string[]>()
  const shared = { connection: new Set<string>(), ignored: new Set<string>() }
  for (const command of commands) {
    const users = (command.path.length > 1 ? command.path.slice(1) : command.path).join(' ')
    for (const flag of command.flags) {
      if (flag.group === 'connection' || flag.group === 'ignored')
        shared[flag.group].add(code(`--${flag.name}`))
      else addTo(rows, `${code(flagLabel(flag).trim())}\n${cell(flagText(flag))}`, users)
    }
  }
  const lines = [...rows].map(([key, users]) => {
    const [label = '', text = ''] = key.split('\n')
    return `| ${label} | ${users.length === commands.length ? 'all' : users.join(', ')} | ${text} |`
  })
  for (const [group, meaning] of [
    ['connection', "As kubectl's"],
    ['ignored', 'Accepted for compatibility, no effect'],
  ] as const)
    if (shared[group].size > 0)
      lines.push(`| ${[...shared[group]].join(' ')} | those that talk to a cluster | ${meaning} |`)
  return ['| flag | commands | what it does |', '|---|---|---|', ...lines].join('\n')
}
