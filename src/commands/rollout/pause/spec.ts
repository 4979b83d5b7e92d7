import type { CommandSpec } from '#cli/spec.ts'
import {
  exitCodes,
  fieldManagerFlag,
  hintsParagraph,
  outputFlag,
  printerFlags,
  sharedFlags,
  targetArgument,
  targetFlags,
} from '#commands/shared/target-flags.ts'

function refusingSpec(verb: 'pause' | 'resume', summary: string, instead: string): CommandSpec {
  return {
    path: ['rollout', verb],
    summary,
    usage: `kds rollout ${verb} (NAME | ds/NAME | daemonset NAME) [flags]`,
    description: `A DaemonSet cannot be ${verb}d: the command is refused, as "kubectl rollout ${verb}" refuses it.

Beyond kubectl, a hint says what to do instead: ${instead}

${hintsParagraph}`,
    examples: [{ comment: 'What can be done instead?', command: `kds rollout ${verb} ds/agent` }],
    args: [targetArgument],
    flags: [fieldManagerFlag, outputFlag, ...printerFlags, ...targetFlags, ...sharedFlags],
    exitCodes,
    load: async () => (await import('./pause.ts')).refusingCommand(verb),
  }
}

export const pauseSpec = refusingSpec(
  'pause',
  'Say how to hold a roll-out that kubectl cannot pause',
  'with the update strategy OnDelete pods stay as they are until somebody deletes them.',
)

export const resumeSpec = refusingSpec(
  'resume',
  'Say how to let a roll-out go on that kubectl cannot resume',
  'with the update strategy RollingUpdate the controller goes on by itself.',
)
