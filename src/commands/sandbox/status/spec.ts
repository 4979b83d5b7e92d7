import { formatFlag, globalFlags } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { exitCodes } from '../flags.ts'

export const sandboxStatusSpec: CommandSpec = {
  path: ['sandbox', 'status'],
  summary: 'List the sandboxes that are running',
  usage: 'kds sandbox status [flags]',
  description: 'List your sandboxes that run on this machine, with their ports and kubeconfig files.',
  examples: { 'Which sandboxes are there?': 'kds sandbox status' },
  args: [],
  flags: [formatFlag(['json', 'yaml'], 'Print a versioned document instead of a table'), ...globalFlags],
  exitCodes,
  load: async () => (await import('../../bundles/sandbox.ts')).statusCommand,
}
