import { formatFlag } from '#cli/flags.ts'
import { clusterCommand, stateFlags, targetArgument } from '#commands/shared/target-flags.ts'

export const describeSpec = clusterCommand({
  path: ['describe'],
  summary: 'Show one DaemonSet on a page: its state, why, and what to do',
  usage: 'kds describe [NAME | ds/NAME]... [-A | -l SELECTOR] [--snapshot FILE] [flags]',
  description: `Tell all about DaemonSets, a page each. The first line says how it is and why; then come its strategy and what uses up the
budget of its rolling update, where it should run and what keeps it off other nodes, its revisions with their pods, its pods by
state, what is in the way, Events of the last hour by what they tell, and what "kds lint" finds in the object as it is in the
cluster. The last lines are what to do, as commands to copy.

Values of environment variables are not shown, nor what Secrets and ConfigMaps hold.`,
  examples: {
    'What is the matter with it?': 'kds describe agent',
    'The same of a dump': 'kds describe agent --snapshot dump.yaml',
    'What keeps it off nodes': `kds describe agent -o json | jq '.items[].placement.others'`,
  },
  args: [targetArgument],
  flags: [formatFlag(['json', 'yaml'], 'Output format'), ...stateFlags],
  exitCodes: {
    0: 'shown, whatever its state',
    1: 'failed, one of the names is not there, or wrong usage',
  },
  load: async () => (await import('../bundles/state.ts')).describeCommand,
})
