import { flag, formatFlag, rare, toggle } from '#cli/flags.ts'
import type { ArgumentSpec, FlagSpec } from '#cli/spec.ts'

/** The one DaemonSet that a command about waves is about. */
export const waveTargetArgument: ArgumentSpec = {
  name: 'target',
  repeatable: true,
  completes: 'daemonset',
  summary: 'NAME, ds/NAME, daemonset NAME or daemonset.apps/NAME: one DaemonSet',
}

export const gateFlag: FlagSpec = flag(
  'gate',
  'COMMAND',
  'Shell command that must exit with 0 after each wave',
)

/** How waves go; `kds apply` has them, too. */
export const planFlags: readonly FlagSpec[] = [
  flag('canary', 'WHO', 'First nodes: a number, percentage, names or a selector', { completes: 'node' }),
  flag('waves', 'LIST', 'Nodes done after each wave (default 10%,50%,100%; with --by each group is a wave)'),
  flag('by', 'LABEL', 'Group nodes by zone, pool or the key of a label', { suggests: ['zone', 'pool'] }),
  flag('bake', 'DURATION', 'How long new pods must stay available after a wave', { default: '1m' }),
  flag('max-unavailable', 'N|N%', 'Most nodes without an available pod at a time'),
  flag('on-failure', 'WHAT', 'When a wave fails: go back to the old revision, or pause', {
    group: 'rare',
    choices: ['abort', 'pause'],
    default: 'abort',
  }),
  flag(
    'progress-timeout',
    'DURATION',
    'A wave has failed when no further pod becomes available for this long; 0 waits forever',
    { group: 'rare', default: '10m' },
  ),
  ...rare(
    toggle(
      'disable-eviction',
      'Delete pods instead of evicting them, whatever their PodDisruptionBudgets allow',
    ),
  ),
  gateFlag,
]

export const eventsFlag: FlagSpec = formatFlag(['json'], 'Print events, one per line')

/** Of the commands that carry a roll-out on. */
export const driveFlags: readonly FlagSpec[] = [gateFlag, eventsFlag]

export const driveExitCodes = {
  0: 'done',
  1: 'a wave has failed, someone else changed the DaemonSet, or wrong usage',
  130: 'interrupted; nothing is lost, "kds rollout waves resume" goes on',
}
