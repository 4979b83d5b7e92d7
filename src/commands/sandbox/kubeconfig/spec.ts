import { globalFlags, toggle } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { exitCodes, portArgument } from '../flags.ts'

export const kubeconfigSpec: CommandSpec = {
  path: ['sandbox', 'kubeconfig'],
  summary: 'Print the kubeconfig of a sandbox',
  usage: 'kds sandbox kubeconfig [PORT] [--path]',
  description:
    'Print the kubeconfig of a sandbox that runs. It holds a token that is good for that sandbox alone.',
  examples: {
    'Use a sandbox in this shell': 'export KUBECONFIG=$(kds sandbox kubeconfig --path)',
    'Hand it to another program': 'kds sandbox kubeconfig > sandbox.kubeconfig',
  },
  args: [portArgument],
  flags: [toggle('path', 'Print where the file is, instead of what is in it'), ...globalFlags],
  exitCodes,
  load: async () => (await import('../../bundles/sandbox.ts')).kubeconfigCommand,
}
