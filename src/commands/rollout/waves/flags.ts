import type { ArgumentSpec, FlagSpec } from '#cli/spec.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { sharedFlags } from '#commands/shared/target-flags.ts'

/** The one DaemonSet that a command about waves is about. */
export const waveTargetArgument: ArgumentSpec = {
  name: 'target',
  repeatable: true,
  completes: 'daemonset',
  summary: 'NAME, ds/NAME, daemonset NAME or daemonset.apps/NAME: one DaemonSet',
}

/** Of every command about waves. */
export const waveFlags: readonly FlagSpec[] = [namespaceFlag, ...sharedFlags]

export const gateFlag: FlagSpec = {
  name: 'gate',
  value: 'COMMAND',
  summary: 'Command for the shell that must exit with 0 after each wave, before the next one begins',
}

export const eventsFlag: FlagSpec = {
  name: 'output',
  short: 'o',
  value: 'FORMAT',
  choices: ['json'],
  summary: 'Print events, one a line',
}

/** Of the commands that carry a roll-out on. */
export const driveFlags: readonly FlagSpec[] = [gateFlag, eventsFlag]

export const driveExitCodes = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'a wave has failed, somebody else changed the DaemonSet, or wrong usage' },
  { code: 130, meaning: 'interrupted; nothing is lost, "kds rollout waves resume" goes on' },
]
