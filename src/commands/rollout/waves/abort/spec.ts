import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'
import { driveExitCodes, eventsFlag, waveTargetArgument } from '../flags.ts'

export const abortSpec = clusterCommand({
  path: ['rollout', 'waves', 'abort'],
  summary: 'Stop a roll-out in waves and go back to the old revision',
  usage: 'kds rollout waves abort ds/NAME [flags]',
  description: `Go back: the old pod template and its change cause come back in one write, new pods are evicted within the budget, and in the
end the DaemonSet's own strategy is back. Nodes that were not touched are not touched now. Where somebody is at work on the
roll-out, they go back and this command follows; where nobody is, it does the work.

What someone else has changed meanwhile stays: a template of theirs is left, and rolled out by the DaemonSet's own strategy.
What else a manifest of -f changed (labels, for example) stays, too.`,
  examples: { 'Back, as fast as the budget allows': 'kds rollout waves abort ds/agent' },
  args: [waveTargetArgument],
  flags: [eventsFlag, namespaceFlag],
  exitCodes: driveExitCodes,
  load: async () => (await import('../../../bundles/waves.ts')).abortCommand,
})
