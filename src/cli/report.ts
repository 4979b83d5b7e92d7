import { type Diagnostic, KdsError, type Location, UsageError } from '#base/errors.ts'
import { escapeLine, escapeText } from '#base/escape.ts'
import { sourceFrame } from '#base/source-frame.ts'
import type { Style } from '#base/style.ts'

/** `file:line:column`, as editors and CI logs make links of it. */
function placeText(location: Location): string {
  return `${escapeLine(location.file)}:${location.line}:${location.column}`
}

/** One finding: what, where with the line shown, and what to do. Ends with a newline. */
export function diagnosticText(finding: Omit<Diagnostic, 'code'>, style: Style): string {
  const label = finding.severity === 'error' ? style.bad('error:') : style.warn('Warning:')
  const place = finding.location ? `${placeText(finding.location)}: ` : ''
  const lines = [`${label} ${place}${escapeText(finding.message)}`]
  if (finding.location) lines.push(...sourceFrame(finding.location, style))
  if (finding.hint !== undefined) lines.push(`${style.dim('hint:')} ${escapeText(finding.hint)}`)
  return `${lines.join('\n')}\n`
}

/** Where a user without a clue should look, after a wrong flag or argument. */
function usagePointer(error: KdsError, help: string): string {
  return error instanceof UsageError ? `See '${help} --help' for usage.\n` : ''
}

/**
 * A failure as text for stderr. A {@link KdsError} is shown in its own words; everything else is a defect of kds and said
 * to be one. Stack traces appear at verbosity 6 and above only.
 */
export function errorText(error: unknown, help: string, verbosity: number, style: Style): string {
  const trace = verbosity >= 6 && error instanceof Error ? `${error.stack ?? ''}\n` : ''
  if (!(error instanceof KdsError)) {
    const message = error instanceof Error ? error.message : String(error)
    const ask = 'this is a defect of kds: run it again with -v=6 and report what it prints'
    return (
      diagnosticText({ severity: 'error', message: `internal error: ${message}`, hint: ask }, style) + trace
    )
  }
  const findings = error.diagnostics.map((finding) => diagnosticText(finding, style)).join('')
  if (error.message === '') return findings + trace
  const { hint, location, message } = error
  const main = error.verbatim
    ? `${escapeText(message)}\n${hint === undefined ? '' : `${style.dim('hint:')} ${escapeText(hint)}\n`}`
    : diagnosticText(
        {
          severity: 'error',
          message,
          ...(hint === undefined ? {} : { hint }),
          ...(location ? { location } : {}),
        },
        style,
      )
  // A failure with a place of its own is the first finding; one without sums the others up.
  return (location ? main + findings : findings + main) + usagePointer(error, help) + trace
}
