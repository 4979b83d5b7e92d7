import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'
import { eventsFlag, waveTargetArgument } from '../flags.ts'

export const pauseWavesSpec = clusterCommand({
  path: ['rollout', 'waves', 'pause'],
  summary: 'Pause a roll-out in waves',
  usage: 'kds rollout waves pause ds/NAME [flags]',
  description: `Let a roll-out in waves stand still: no further pod is evicted until "kds rollout waves resume". Who is at work on it sees
that at once and waits. Pods that are made for other reasons (a new node, a failed pod) are of the new revision all the same.`,
  examples: { 'Stop here for now': 'kds rollout waves pause ds/agent' },
  args: [waveTargetArgument],
  flags: [eventsFlag, namespaceFlag],
  load: async () => (await import('../../../bundles/waves.ts')).pauseWavesCommand,
})
