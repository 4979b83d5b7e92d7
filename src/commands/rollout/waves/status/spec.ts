import { formatFlag, toggle } from '#cli/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'
import { waveTargetArgument } from '../flags.ts'

export const wavesStatusSpec = clusterCommand({
  path: ['rollout', 'waves', 'status'],
  summary: 'Tell how far a roll-out in waves is, and what can be done',
  usage: 'kds rollout waves status ds/NAME [--watch] [flags]',
  description: `Say where a roll-out in waves stands: the wave, how long it still bakes, who is at work on it, which nodes are in which wave,
and the commands that can be given. --watch follows it to the end instead, in the lines of "kds rollout waves". Nothing is changed.`,
  examples: {
    'How far is it?': 'kds rollout waves status ds/agent',
    'Follow it from another machine': 'kds rollout waves status ds/agent --watch',
  },
  args: [waveTargetArgument],
  flags: [
    toggle('watch', 'Follow it to the end', 'w'),
    formatFlag(['json', 'yaml'], 'Print a versioned document; with --watch json prints events, one per line'),
    namespaceFlag,
  ],
  load: async () => (await import('../../../bundles/waves.ts')).wavesStatusCommand,
})
