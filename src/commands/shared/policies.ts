import { KdsError } from '#base/errors.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { objectName } from '#views/names.ts'
import type { ShownPlan } from '#views/plan/groups.ts'
import { brokenPolicies, type Policy, type PolicyRules, policies } from '#views/plan/policies.ts'

/** Exit code of a command that a policy stops. */
const policyBroken = 3

/** Reads `--fail-on` and `--max-change`; undefined where neither is given. @throws UsageError */
export function policyRules(invocation: Invocation): PolicyRules | undefined {
  const failOn = invocation.list('fail-on')
  const text = invocation.text('max-change')
  if (failOn.length === 0 && text === undefined) return undefined
  const unknown = failOn.find((name) => !policies.includes(name as Policy))
  if (unknown !== undefined) throw invalidArgument('fail-on', unknown, `allowed are ${policies.join(', ')}`)
  return { failOn: failOn as Policy[], maxChange: text === undefined ? undefined : mostOf(text) }
}

function mostOf(text: string): number | string {
  if (/^\d+$/.test(text)) return Number(text)
  if (/^\d+%$/.test(text)) return text
  throw invalidArgument('max-change', text, 'give a number of pods or a percentage')
}

/** @throws KdsError that names what is broken, with an exit code of its own */
export function requirePolicies(shown: readonly ShownPlan[], rules: PolicyRules | undefined): void {
  if (!rules) return
  const broken = shown.flatMap((one) => {
    const found = brokenPolicies(one, rules)
    return found.length === 0 ? [] : [`${objectName(one.plan.daemonSet)}: ${found.join(', ')}`]
  })
  if (broken.length > 0)
    throw new KdsError('policy', `the plan is stopped by --fail-on or --max-change: ${broken.join('; ')}`, {
      exitCode: policyBroken,
    })
}
