import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { durationFlag, failFlags } from '#commands/shared/behaviour-flags.ts'
import type { SimulateInput } from '#controller/simulate/start.ts'
import type { IntOrString } from '#kube/types.ts'

type Strategy = NonNullable<SimulateInput['strategy']>

/** What the flags say of how the roll-out is played. */
export interface SimulateFlags
  extends Pick<
    SimulateInput,
    'readyAfterSeconds' | 'terminateAfterSeconds' | 'failures' | 'seed' | 'comparisonOperators'
  > {
  /** Strategies to try beside the manifest's own; empty: only that. */
  readonly strategies: readonly {
    readonly label: string
    /** As it was given: `--max-surge 10%`. */
    readonly flag: string
    readonly strategy: Strategy
  }[]
}

/** A number or a percentage, as maxUnavailable and maxSurge are. */
function intOrPercent(flag: string, text: string): IntOrString {
  if (/^\d+$/.test(text)) return Number(text)
  if (/^\d+%$/.test(text) && Number.parseInt(text, 10) <= 100) return text
  throw invalidArgument(flag, text, 'give a number or a percentage up to 100%')
}

function strategiesOf(invocation: Invocation): SimulateFlags['strategies'] {
  return [
    ...invocation.list('max-unavailable').map((text) => ({
      label: `maxUnavailable ${text}`,
      flag: `--max-unavailable ${text}`,
      strategy: { maxUnavailable: intOrPercent('max-unavailable', text), maxSurge: 0 },
    })),
    ...invocation.list('max-surge').map((text) => ({
      label: `maxSurge ${text}`,
      flag: `--max-surge ${text}`,
      strategy: { maxUnavailable: 0, maxSurge: intOrPercent('max-surge', text) },
    })),
  ]
}

/** Reads them. @throws UsageError */
export function simulateFlags(invocation: Invocation): SimulateFlags {
  const seed = Number(invocation.text('seed'))
  if (!Number.isSafeInteger(seed))
    throw invalidArgument('seed', invocation.text('seed'), 'give a whole number')
  return {
    readyAfterSeconds: durationFlag(invocation, 'ready-after', '0') / 1000,
    terminateAfterSeconds: durationFlag(invocation, 'terminate-after', '0') / 1000,
    failures: Object.fromEntries(failFlags(invocation, 'NODE', String)),
    seed,
    comparisonOperators: invocation.on('comparison-operators'),
    strategies: strategiesOf(invocation),
  }
}
