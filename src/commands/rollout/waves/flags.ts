import { formatFlag, rare, toggle } from '#cli/flags.ts'
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
  summary: 'Shell command that must exit with 0 after each wave',
}

/** How waves go; `kds apply` has them, too. */
export const planFlags: readonly FlagSpec[] = [
  {
    name: 'canary',
    value: 'WHO',
    completes: 'node',
    summary: 'First nodes: a number, percentage, names or a selector',
  },
  {
    name: 'waves',
    value: 'LIST',
    summary: 'Nodes done after each wave (default 10%,50%,100%; with --by each group is a wave)',
  },
  {
    name: 'by',
    value: 'LABEL',
    suggests: ['zone', 'pool'],
    summary: 'Group nodes by zone, pool or the key of a label',
  },
  {
    name: 'bake',
    value: 'DURATION',
    default: '1m',
    summary: 'How long new pods must stay available after a wave',
  },
  {
    name: 'max-unavailable',
    value: 'N|N%',
    summary: 'Most nodes without an available pod at a time',
  },
  {
    group: 'rare',
    name: 'on-failure',
    value: 'WHAT',
    choices: ['abort', 'pause'],
    default: 'abort',
    summary: 'When a wave fails: go back to the old revision, or pause',
  },
  {
    group: 'rare',
    name: 'progress-timeout',
    value: 'DURATION',
    default: '10m',
    summary: 'A wave has failed when no further pod becomes available for so long; 0 waits forever',
  },
  ...rare(
    toggle(
      'disable-eviction',
      'Delete pods instead of evicting them, whatever their PodDisruptionBudgets allow',
    ),
  ),
  gateFlag,
]

export const eventsFlag: FlagSpec = formatFlag(['json'], 'Print events, one a line')

/** Of the commands that carry a roll-out on. */
export const driveFlags: readonly FlagSpec[] = [gateFlag, eventsFlag]

export const driveExitCodes = {
  0: 'done',
  1: 'a wave has failed, someone else changed the DaemonSet, or wrong usage',
  130: 'interrupted; nothing is lost, "kds rollout waves resume" goes on',
}
