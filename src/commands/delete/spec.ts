import { flag, rare, toggle } from '#cli/flags.ts'
import { clusterCommand, dryRunFlag, targetArgument, targetFlags } from '#commands/shared/target-flags.ts'

export const deleteSpec = clusterCommand({
  path: ['delete'],
  summary: 'Delete a DaemonSet, and tell what goes and what stays',
  usage: 'kds delete (ds/NAME | daemonset NAME | -f FILE | ds -l SELECTOR | ds --all) [flags]',
  description: `Delete DaemonSets as "kubectl delete" does, and wait until they are gone. Nothing else is deleted by name: what -f holds
beside DaemonSets is left alone.

--cascade tells what becomes of pods and revisions: background (they go afterwards), foreground (they go first), orphan (they
stay and keep running; a DaemonSet with the same selector takes them over). Beyond kubectl a line on stderr says how many go
or stay; ConfigMaps, Secrets and ServiceAccounts that the pods used always stay. An answer that got lost is looked up.`,
  examples: {
    'With its pods': 'kds delete ds/agent',
    'What would go?': 'kds delete ds/agent --dry-run=server',
    'Recreate it without touching its pods':
      'kds delete ds/agent --cascade=orphan && kds apply -f agent.yaml',
  },
  args: [targetArgument],
  flags: [
    flag('cascade', 'MODE', 'What becomes of its pods: background, foreground or orphan', {
      bare: 'background',
      default: 'background',
      suggests: ['background', 'foreground', 'orphan'],
    }),
    toggle('all', 'All DaemonSets of the namespace'),
    ...rare(
      toggle('ignore-not-found', 'What is not there counts as deleted; default true with --all and -l'),
    ),
    flag(
      'grace-period',
      'SECONDS',
      'How long its own deletion may take; -1: as the object says. Its pods have their own',
      { group: 'rare', default: '-1' },
    ),
    ...rare(toggle('now', 'The same as --grace-period=1')),
    ...rare(toggle('force', 'Delete at once, by --grace-period=0, without a confirmation that it is gone')),
    { name: 'wait', default: 'true', summary: 'Wait until it is gone' },
    flag('timeout', 'DURATION', 'How long to wait; 0 waits forever', { default: '0s' }),
    dryRunFlag,
    flag('output', 'FORMAT', 'Print daemonset.apps/NAME instead of a line: name', {
      short: 'o',
      suggests: ['name'],
    }),
    ...targetFlags,
  ],
  load: async () => (await import('../bundles/live.ts')).deleteCommand,
})
