import { flag, toggle } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { behaviourParagraph, exitCodes, sandboxFlags, usualStopAfter } from '../flags.ts'

export const startSpec: CommandSpec = {
  path: ['sandbox', 'start'],
  summary: 'Start a simulated cluster',
  usage: 'kds sandbox start [--nodes N] [--from FILE] [--detach] [flags]',
  description: `Start a simulated cluster and serve its API until Ctrl-C, or in the background with --detach. The kubeconfig is written
to a private folder, which is removed at the end. Several sandboxes can run side by side. One in the background ends by itself
when nobody has asked it anything for 12 hours, or what --stop-after says.

${behaviourParagraph}`,
  examples: {
    'A cluster of 12 nodes, in the background': 'kds sandbox start --nodes 12 --detach',
    'The nodes and pods of a real cluster': 'kds sandbox start --from cluster.json',
    'In the background until it has been idle for an hour': 'kds sandbox start --detach --stop-after 1h',
    'An hour in a minute': 'kds sandbox start --nodes 40 --speed 60',
  },
  args: [],
  flags: [
    toggle('detach', 'Run in the background, and return when it serves', 'd'),
    flag(
      'stop-after',
      'DURATION',
      `End after this long without a request; 0 for never (default ${usualStopAfter} with --detach, else 0)`,
    ),
    ...sandboxFlags,
  ],
  exitCodes: { ...exitCodes, 130: 'ended by Ctrl-C' },
  load: async () => (await import('../../bundles/sandbox.ts')).startCommand,
}
