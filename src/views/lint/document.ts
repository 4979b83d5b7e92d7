import { fieldText } from '#base/field-path.ts'
import type { LintReport, Severity } from '#lint/types.ts'
import { countOf, isFixable, stanzaText } from './text.ts'

/** What `-o json` and `-o yaml` print; docs/lint.schema.json describes it. */
interface LintDocument {
  readonly apiVersion: 'kds/v1'
  readonly kind: 'LintReport'
  readonly summary: {
    readonly daemonSets: number
    readonly withFindings: number
    readonly errors: number
    readonly warnings: number
    readonly infos: number
    readonly fixable: number
    readonly suppressed: number
    readonly nodesGiven: boolean
  }
  readonly findings: readonly {
    readonly check: string
    readonly severity: Severity
    readonly daemonSet: { readonly namespace: string; readonly name: string }
    readonly file: string
    readonly line: number
    readonly column: number
    readonly field: string
    readonly message: string
    readonly why: string
    readonly fix?: {
      readonly text: string
      readonly safe: boolean
      readonly below?: string
      readonly yaml?: string
    }
  }[]
}

export function lintDocument(report: LintReport): LintDocument {
  const { daemonSets, findings, nodesGiven, suppressed, withFindings } = report
  return {
    apiVersion: 'kds/v1',
    kind: 'LintReport',
    summary: {
      daemonSets,
      withFindings,
      errors: countOf(report, 'error'),
      warnings: countOf(report, 'warning'),
      infos: countOf(report, 'info'),
      fixable: findings.filter(isFixable).length,
      suppressed,
      nodesGiven,
    },
    findings: findings.map((one) => ({
      check: one.check.id,
      severity: one.severity,
      daemonSet: one.daemonSet,
      file: one.location.file,
      line: one.location.line,
      column: one.location.column,
      field: fieldText(one.path),
      message: one.message,
      why: one.check.why,
      ...(one.fix ? { fix: { text: one.fix.text, safe: isFixable(one), ...stanzaText(one.fix) } } : {}),
    })),
  }
}
