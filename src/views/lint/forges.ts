import { escapeLine } from '#base/escape.ts'
import type { LintReport, Severity } from '#lint/types.ts'
import { inert } from '../markdown.ts'
import { objectName } from '../names.ts'
import { lintHeadline, stanzaText } from './text.ts'

const commands: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' }

/** What ends a command's text or a property of it: https://docs.github.com/actions, workflow commands. */
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Annotations of a GitHub workflow: a command a line. */
export function lintGithub({ findings }: LintReport): string {
  return findings
    .map(({ check, fix, location, message, severity }) => {
      const place = `file=${property(location.file)},line=${location.line},col=${location.column},title=kds ${check.id}`
      const text = `${message}. ${check.why}${fix ? `\nFix: ${fix.text}.` : ''}`
      return `::${commands[severity]} ${place}::${data(text)}\n`
    })
    .join('')
}

/** A comment for a pull request: the answer as heading, the findings as a table, the YAML to paste folded. */
export function lintMarkdown(report: LintReport): string {
  const rows = report.findings.map(({ check, fix, location, message, severity }) => {
    const place = `${location.file}:${location.line}`
    const mend = fix ? `<br>Fix: ${inert(escapeLine(fix.text))}` : ''
    return `| ${severity} | ${check.id} | ${inert(escapeLine(place))} | ${inert(escapeLine(message))}.<br>${inert(check.why)}${mend} |`
  })
  const stanzas = report.findings.flatMap(({ check, daemonSet, fix }) => {
    const stanza = fix && stanzaText(fix)
    if (!stanza) return []
    const fence = '`'.repeat(
      Math.max(3, ...[...stanza.yaml.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)),
    )
    return [
      `**${check.id}**, ${inert(objectName(daemonSet))}, below ${inert(escapeLine(stanza.below))}:\n\n${fence}yaml\n${stanza.yaml}${fence}`,
    ]
  })
  const table = ['| Severity | Check | Where | What |', '|---|---|---|---|', ...rows].join('\n')
  const folded = `<details><summary>To paste</summary>\n\n${stanzas.join('\n\n')}\n\n</details>`
  return `${[`### ${lintHeadline(report)}`, ...(rows.length > 0 ? [table] : []), ...(stanzas.length > 0 ? [folded] : [])].join('\n\n')}\n`
}
