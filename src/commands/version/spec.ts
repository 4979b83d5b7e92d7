import { globalFlags } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { connectionFlags } from '#commands/shared/connection-flags.ts'

export const versionSpec: CommandSpec = {
  path: ['version'],
  summary: 'Print the version of kds and of the API server',
  usage: 'kds version [--client] [-o json|yaml] [flags]',
  description: `Print the version of kds, the Kubernetes version whose rules it follows offline, and the version of the API server, as
"kubectl version" does. When the server cannot be reached, the rest is printed all the same, the error follows on stderr,
and the exit code is 1. With --client no server is asked.`,
  examples: [
    { comment: 'Client and server', command: 'kds version' },
    { comment: 'The client alone, for a bug report', command: 'kds version --client -o yaml' },
  ],
  args: [],
  flags: [
    { name: 'client', default: 'false', summary: 'Ask no server' },
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      suggests: ['json', 'yaml'],
      summary: 'Print a document: json or yaml',
    },
    ...globalFlags,
    ...connectionFlags,
  ],
  exitCodes: [
    { code: 0, meaning: 'printed' },
    { code: 1, meaning: 'the server could not be asked, or wrong usage' },
  ],
  load: async () => (await import('../bundles/kds.ts')).versionCommand,
}
