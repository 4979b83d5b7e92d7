import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'
import { driveExitCodes, driveFlags, waveTargetArgument } from '../flags.ts'

export const resumeWavesSpec = clusterCommand({
  path: ['rollout', 'waves', 'resume'],
  summary: 'Resume a roll-out in waves after a pause or an interruption',
  usage: 'kds rollout waves resume ds/NAME [flags]',
  description: `Go on with a roll-out in waves, from any machine: where it stands is read from the DaemonSet and its pods. Restarts
until now do not count as failures.

Who is at work on it has a lease of a minute. Where somebody still is, a pause is lifted and they go on; where they were
killed, their lease is waited for. A gate that was asked for has to be given again: kds runs no command that it finds in an
annotation.`,
  examples: {
    'After Ctrl-C, a crash, or a failed wave': 'kds rollout waves resume ds/agent',
    'With the gate that it was begun with':
      "kds rollout waves resume ds/agent --gate './smoke-test.sh $KDS_WAVE'",
  },
  args: [waveTargetArgument],
  flags: [...driveFlags, namespaceFlag],
  exitCodes: driveExitCodes,
  load: async () => (await import('../../../bundles/waves.ts')).resumeWavesCommand,
})
