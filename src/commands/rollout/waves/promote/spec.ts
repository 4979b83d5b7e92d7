import { toggle } from '#cli/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'
import { driveExitCodes, driveFlags, waveTargetArgument } from '../flags.ts'

export const promoteSpec = clusterCommand({
  path: ['rollout', 'waves', 'promote'],
  summary: 'Skip the rest of the bake time, or all remaining waves',
  usage: 'kds rollout waves promote ds/NAME [--all] [flags]',
  description: `Go on to the next wave without the rest of the bake and the gates of the present one; its pods must be available all the
same. A wave that has failed and stands still is taken as it is. Where somebody is at work on the roll-out, they go on;
where nobody is, this command does.

--all ends the waves: one write brings the DaemonSet's own strategy back, which replaces the rest of the pods by itself.`,
  examples: {
    'The canary has been looked at: go on': 'kds rollout waves promote ds/agent',
    'The rest in one go': 'kds rollout waves promote ds/agent --all',
  },
  args: [waveTargetArgument],
  flags: [
    toggle('all', "End the waves: the DaemonSet's own strategy does the rest"),
    ...driveFlags,
    namespaceFlag,
  ],
  exitCodes: driveExitCodes,
  load: async () => (await import('../../../bundles/waves.ts')).promoteCommand,
})
