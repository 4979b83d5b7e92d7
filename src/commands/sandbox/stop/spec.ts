import { globalFlags, toggle } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { exitCodes, portArgument } from '../flags.ts'

export const stopSpec: CommandSpec = {
  path: ['sandbox', 'stop'],
  summary: 'Stop a sandbox',
  usage: 'kds sandbox stop [PORT... | --all]',
  description: 'Stop a sandbox that was started with "kds sandbox start". Its kubeconfig is removed.',
  examples: { 'The only one': 'kds sandbox stop', 'All of them': 'kds sandbox stop --all' },
  args: [{ ...portArgument, repeatable: true }],
  flags: [toggle('all', 'Stop every sandbox of yours, and clear away broken ones'), ...globalFlags],
  exitCodes,
  load: async () => (await import('../../bundles/sandbox.ts')).stopCommand,
}
