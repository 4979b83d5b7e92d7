import type { CommandSpec } from '#cli/spec.ts'
import { behaviourParagraph, exitCodes, sandboxFlags } from '../flags.ts'

export const startSpec: CommandSpec = {
  path: ['sandbox', 'start'],
  summary: 'Start a sandbox',
  usage: 'kds sandbox start [--nodes N] [--from FILE] [--detach] [flags]',
  description: `Start a simulated cluster and serve its API until Ctrl-C, or in the background with --detach. The kubeconfig is written
to a private folder, which is removed at the end. Several sandboxes can run side by side.

${behaviourParagraph}`,
  examples: [
    { comment: 'A cluster of 12 nodes, in the background', command: 'kds sandbox start --nodes 12 --detach' },
    { comment: 'The nodes and pods of a real cluster', command: 'kds sandbox start --from cluster.json' },
    { comment: 'An hour in a minute', command: 'kds sandbox start --nodes 40 --speed 60' },
  ],
  args: [],
  flags: [
    {
      name: 'detach',
      short: 'd',
      default: 'false',
      summary: 'Run in the background, and return when it serves',
    },
    ...sandboxFlags,
  ],
  exitCodes: [...exitCodes, { code: 130, meaning: 'ended by Ctrl-C' }],
  load: async () => (await import('../../bundles/sandbox.ts')).startCommand,
}
