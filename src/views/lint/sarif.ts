import { checks } from '#lint/checks.ts'
import type { LintReport, PlacedFinding, Severity } from '#lint/types.ts'

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' }

/** A path as a URI reference: `a b/c#d.yaml` is no URI. */
function uriOf(file: string): string {
  if (/^https?:\/\//.test(file)) return encodeURI(file)
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  if (/^[A-Za-z]%3A\//.test(path)) return `file:///${path.replace('%3A', ':')}`
  return path.startsWith('/') ? `file://${path}` : path
}

function result(one: PlacedFinding) {
  const { check, fix, location, message, severity } = one
  return {
    ruleId: check.id,
    ruleIndex: checks.indexOf(check),
    level: levels[severity],
    message: { text: `${message}.${fix ? ` Fix: ${fix.text}.` : ''}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(location.file) },
          region: { startLine: location.line, startColumn: location.column },
        },
        logicalLocations: [
          { fullyQualifiedName: `${one.daemonSet.namespace}/${one.daemonSet.name}`, kind: 'resource' },
        ],
      },
    ],
  }
}

/** What code scanning reads: SARIF 2.1.0 (OASIS), with every check as a rule. */
export function lintSarif(report: LintReport, version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kds',
            semanticVersion: version,
            rules: checks.map(({ id, severity, why }) => ({
              id,
              shortDescription: { text: why },
              help: { text: `${why} docs/lint.md shows an example, and how to fix it.` },
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map(result),
      },
    ],
  }
}
