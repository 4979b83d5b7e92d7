import { escapeLine } from '#base/escape.ts'
import { fieldText } from '#base/field-path.ts'
import { sourceFrame } from '#base/source-frame.ts'
import type { Style } from '#base/style.ts'
import { wrapped } from '#base/wrap.ts'
import { checks } from '#lint/checks.ts'
import { type Fix, type LintReport, type PlacedFinding, type Severity, severities } from '#lint/types.ts'
import { toYaml } from '#yaml/emit.ts'
import { counted, objectName } from '../names.ts'
import type { TextOptions } from '../sections.ts'

export const countOf = ({ findings }: LintReport, severity: Severity) =>
  findings.filter((one) => one.severity === severity).length

/** `2 errors, 1 warning, 3 info in 2 of 5 DaemonSets`. */
export function lintHeadline(report: LintReport): string {
  const all = counted(report.daemonSets, 'DaemonSet')
  if (report.findings.length === 0) return `nothing found in ${all}`
  const counts = severities.map((severity) => [severity, countOf(report, severity)] as const)
  const words = counts
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => counted(count, severity, severity === 'info' ? 'info' : `${severity}s`))
  const where = report.daemonSets > 1 ? `${report.withFindings} of ${all}` : all
  return `${words.join(', ')} in ${where}`
}

/** Can `--fix` do it? */
export const isFixable = ({ fix }: PlacedFinding) => fix?.edits !== undefined

const paints: Record<Severity, keyof Style & ('bad' | 'warn' | 'accent')> = {
  error: 'bad',
  warning: 'warn',
  info: 'accent',
}

/** The stanza as YAML, and below which field it belongs. */
export function stanzaText({ stanza }: Fix): { readonly below: string; readonly yaml: string } | undefined {
  return (
    stanza && { below: stanza.at.length === 0 ? 'the top' : fieldText(stanza.at), yaml: toYaml(stanza.value) }
  )
}

const pad = '    '

function fixLines(fix: Fix, { style, width }: TextOptions): string[] {
  const stanza = stanzaText(fix)
  const words = `${fix.edits ? 'fix (--fix)' : 'fix'}: ${fix.text}${stanza ? `; below ${stanza.below}:` : ''}`
  const yaml = stanza ? stanza.yaml.trimEnd().split('\n') : []
  return [...wrapped(words, width, pad), ...yaml.map((line) => style.good(`${pad}  ${line}`))]
}

function findingLines(one: PlacedFinding, told: Set<string>, named: boolean, options: TextOptions): string[] {
  const { style, width } = options
  const { check, location, severity } = one
  const name = named ? `, ${objectName(one.daemonSet)}` : ''
  const head = `  ${location.line}:${location.column} ${style[paints[severity]](severity)} ${style.bold(check.id)}${name}`
  // Said once: with many files the reason is known after the first.
  const why = told.has(check.id) ? [] : wrapped(check.why, width, pad).map((line) => style.dim(line))
  told.add(check.id)
  return [
    head,
    ...wrapped(`${escapeLine(one.message)}.`, width, pad),
    ...why,
    ...sourceFrame(location, style, width - 16).map((line) => `  ${line}`),
    ...(one.fix ? fixLines(one.fix, options) : []),
  ]
}

function nextSteps(report: LintReport): string[] {
  const fixable = report.findings.filter(isFixable).length
  const waiting = checks.filter(({ needsNodes }) => needsNodes).length
  return [
    ...(fixable > 0 ? [`--fix fixes ${fixable} of them in place; --fix --dry-run shows how`] : []),
    ...(report.findings.length > 0
      ? ['to ignore one: --disable ID, or above its line: # kds-lint-disable-next-line ID REASON']
      : []),
    ...(report.suppressed > 0 ? [`${counted(report.suppressed, 'finding')} ignored by comments`] : []),
    ...(report.nodesGiven
      ? []
      : [`${waiting} more checks need nodes: --nodes FILE, --snapshot FILE or --live`]),
  ]
}

/** The answer, then each finding below its file with why, where, and what to do about it. */
export function lintText(report: LintReport, options: TextOptions): string {
  const { style, width } = options
  const told = new Set<string>()
  const files = [...new Set(report.findings.map(({ location }) => location.file))]
  const blocks = files.flatMap((file) => {
    const here = report.findings.filter(({ location }) => location.file === file)
    const named = new Set(here.map(({ daemonSet }) => objectName(daemonSet))).size > 1
    return [
      '',
      style.bold(escapeLine(file)),
      ...here.flatMap((one) =>
        ['', ...findingLines(one, told, named, options)].slice(one === here[0] ? 1 : 0),
      ),
    ]
  })
  const worst = severities.find((severity) => countOf(report, severity) > 0)
  const paint = worst === undefined ? style.good : style[paints[worst]]
  const steps = nextSteps(report).flatMap((line) => wrapped(line, width))
  return `${[paint(lintHeadline(report)), ...blocks, ...(steps.length > 0 ? ['', ...steps] : [])].join('\n')}\n`
}
