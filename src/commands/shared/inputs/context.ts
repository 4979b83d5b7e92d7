import type { Diagnostic } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { diagnosticText } from '#cli/report.ts'
import type { InputContext } from '#manifest/types.ts'

/** The parts of the context that reading files needs. */
export function inputContext({ cwd, env, proxyTo, stdin, interruptsTaken, atExit }: Context): InputContext {
  return { cwd, env, stdin, proxyTo, atExit, signal: interruptsTaken?.() }
}

/** Shows warnings on stderr. */
export function warn(findings: readonly Diagnostic[], context: Context): void {
  for (const finding of findings) context.stderr.write(diagnosticText(finding, context.style.stderr))
}
