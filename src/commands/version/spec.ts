import { flag, toggle } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { sharedFlags } from '#commands/shared/target-flags.ts'

export const versionSpec: CommandSpec = {
  path: ['version'],
  summary: 'Print the version of kds and of the API server',
  usage: 'kds version [--client] [-o json|yaml] [flags]',
  description: `Print the version of kds, the Kubernetes version whose rules it follows offline, and the version of the API server, as
"kubectl version" does. When the server cannot be reached, the rest is printed all the same, the error follows on stderr,
and the exit code is 1. With --client no server is asked.`,
  examples: {
    'Client and server': 'kds version',
    'The client alone, for a bug report': 'kds version --client -o yaml',
  },
  args: [],
  flags: [
    toggle('client', 'Ask no server'),
    flag('output', 'FORMAT', 'Print a document: json or yaml', { short: 'o', suggests: ['json', 'yaml'] }),
    ...sharedFlags,
  ],
  exitCodes: { 0: 'printed', 1: 'the server could not be asked, or wrong usage' },
  load: async () => (await import('../bundles/kds.ts')).versionCommand,
}
