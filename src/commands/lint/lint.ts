import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { checks } from '#lint/checks.ts'
import { type LintReport, severities } from '#lint/types.ts'
import { lintDocument } from '#views/lint/document.ts'
import { lintGithub, lintMarkdown } from '#views/lint/forges.ts'
import { lintSarif } from '#views/lint/sarif.ts'
import { lintText } from '#views/lint/text.ts'
import { fixAll, refuseUnwritable } from './fix.ts'
import { readFacts, readInput } from './inputs.ts'
import { lintAll } from './place.ts'
import { type FailLevel, readRules } from './rules.ts'

const someFound = 1

/** Is anything found that is at least as bad as the level? */
function fails({ findings }: LintReport, level: FailLevel): boolean {
  if (level === 'never') return false
  return findings.some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(level))
}

async function show(report: LintReport, output: string, context: Context): Promise<void> {
  const { stdout, style, version } = context
  switch (output) {
    case 'json':
    case 'yaml':
      return stdout.write(await structured(lintDocument(report), output))
    case 'sarif':
      return stdout.write(await structured(lintSarif(report, version), 'json'))
    case 'github':
      return stdout.write(lintGithub(report))
    case 'markdown':
      return stdout.write(lintMarkdown(report))
    default:
      stdout.write(
        lintText(report, { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }),
      )
  }
}

async function listChecks({ stdout }: Context): Promise<number> {
  const { table } = await import('../bundles/tables.ts')
  const rows = checks.map(({ id, severity, needsNodes, why }) => [id, severity, needsNodes ? 'yes' : '', why])
  stdout.write(table({ head: ['CHECK', 'SEVERITY', 'NODES', 'WHY'], rows, width: stdout.columns }))
  return 0
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  if (invocation.on('list-checks')) return listChecks(context)
  refuseUnwritable(invocation)
  const rules = await readRules(invocation, context)
  const facts = readFacts(invocation, context)
  // Begun first; what is wrong with the manifest is told first.
  facts.catch(() => {})
  const output = invocation.text('output') ?? ''
  const look = async (loud: boolean) => {
    const manifests = await readInput(invocation, context, loud)
    return { manifests, report: lintAll(manifests, await facts, rules, invocation.text('namespace')) }
  }
  const first = await look(true)
  let { report } = first
  if (invocation.on('fix')) {
    // A document stays one: what is told beside it goes to the other stream.
    const stream = output === '' ? context.stdout : context.stderr
    const written = await fixAll(
      report.findings,
      first.manifests.objects,
      invocation,
      (text) => stream.write(text),
      context,
    )
    if (written) report = (await look(false)).report
  }
  await show(report, output, context)
  return fails(report, rules.failOn) ? someFound : 0
}

export const lintCommand: Command = { run }
