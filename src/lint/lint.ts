import { fieldText } from '#base/field-path.ts'
import type { DaemonSet } from '#kube/types.ts'
import { checks } from './checks.ts'
import { type LintInput, subjectOf } from './subject.ts'
import type { Check, Finding, Severity } from './types.ts'

/** Which checks are asked, and how bad what they find is. */
export interface LintRules {
  readonly disabled: ReadonlySet<string>
  /** Severities other than the checks' own, by check. */
  readonly severity: ReadonlyMap<string, Severity>
}

/** What only says what the API server says. */
const generic = ['refused', 'unknown-field', 'server-warning']

/** A document of wrong types has no fields to judge: only these look at it. */
const askedOfAny = [...generic, 'retired-api-version']

function ask(check: Check, input: ReturnType<typeof subjectOf>, rules: LintRules): Finding[] {
  if (rules.disabled.has(check.id)) return []
  const found = check.find(input) || []
  return (Symbol.iterator in found ? [...found] : [found]).map(({ fix = check.fix, ...one }) => ({
    ...one,
    ...(fix !== undefined && { fix: typeof fix === 'string' ? { text: fix } : fix }),
    check,
    severity: rules.severity.get(check.id) ?? one.severity ?? check.severity,
  }))
}

/**
 * What the checks have to say of one of the input's DaemonSets, in the order of the table. Where a check has words of its own
 * for what the API server says of a place, those stand alone.
 */
export function lint(daemonSet: DaemonSet, input: LintInput, rules: LintRules): Finding[] {
  const subject = subjectOf(daemonSet, input)
  const asked =
    subject.admission.typeErrors.length > 0 ? checks.filter(({ id }) => askedOfAny.includes(id)) : checks
  const found = asked.flatMap((check) => ask(check, subject, rules))
  const own = new Set(
    found.filter(({ check }) => !generic.includes(check.id)).map(({ path }) => fieldText(path)),
  )
  return found.filter(({ check, path }) => !generic.includes(check.id) || !own.has(fieldText(path)))
}
