import type { Command, CommandSpec } from '#cli/spec.ts'
import {
  clusterCommand,
  fieldManagerFlag,
  outputFlag,
  printerFlags,
  targetArgument,
  targetFlags,
} from '#commands/shared/target-flags.ts'

/** The spec of a verb that a DaemonSet does not know. `instead` says what does what the verb would. */
export function refusingSpec(
  verb: 'pause' | 'resume',
  { instead, load, summary }: { summary: string; instead: string; load: () => Promise<Command> },
): CommandSpec {
  return clusterCommand({
    path: ['rollout', verb],
    summary,
    usage: `kds rollout ${verb} (NAME | ds/NAME | daemonset NAME) [flags]`,
    description: `A DaemonSet cannot be ${verb}d: the command is refused, as "kubectl rollout ${verb}" refuses it.

Beyond kubectl, a hint says what to do instead: ${instead}`,
    examples: { 'What can be done instead?': `kds rollout ${verb} ds/agent` },
    args: [targetArgument],
    flags: [fieldManagerFlag, outputFlag, ...printerFlags, ...targetFlags],
    load,
  })
}
