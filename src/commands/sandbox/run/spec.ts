import type { CommandSpec } from '#cli/spec.ts'
import { behaviourParagraph, sandboxFlags } from '../flags.ts'

export const runSpec: CommandSpec = {
  path: ['sandbox', 'run'],
  summary: 'Run a command with a simulated cluster of its own',
  usage: 'kds sandbox run [flags] -- COMMAND [ARGUMENTS]',
  description: `Start a simulated cluster, run the command with KUBECONFIG set to it, and stop the cluster when the command ends. Signals
are passed on, and the exit code of kds is that of the command. Should kds be killed (kill -9) the command gets SIGTERM, and
SIGKILL ten seconds later; Windows has no means for that, and what the command itself started is the command's to end.

${behaviourParagraph}`,
  examples: {
    'A shell to play in': 'kds sandbox run --nodes 12 -- bash',
    'A test with a cluster of its own': 'kds sandbox run --nodes 5 -- ./rollout-test.sh',
  },
  args: [{ name: 'command', repeatable: true, summary: 'The command and its arguments, after --' }],
  flags: sandboxFlags,
  exitCodes: {
    0: "the command's own, as is every code that is not below",
    1: 'the sandbox could not be started, or wrong usage',
    126: 'the command may not be run',
    127: 'there is no such command',
  },
  load: async () => (await import('../../bundles/sandbox.ts')).runCommand,
}
