import { flag, formatFlag, toggle } from '#cli/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { atFlag, fileFlags } from '#commands/shared/inputs/flags.ts'
import { clusterCommand, fieldManagerFlag, selectorOfFilesFlag } from '#commands/shared/target-flags.ts'

export const diffSpec = clusterCommand({
  path: ['diff'],
  summary: 'Show what applying a file would change, and what follows',
  usage: 'kds diff (-f FILE | -k DIR) [--snapshot FILE] [flags]',
  description: `Show how DaemonSets of files differ from the live ones, with the exit codes of "kubectl diff": 0 for no difference, 1 for
some, more for an error. The server says in a dry run what it would store, by the very patch of "kubectl apply"; with
--server-side, by server-side apply. Without the right to write, and with --snapshot, the patch is applied here and the
server's defaults are filled in.

The first line tells the consequences: a new template, so a roll-out of so many pods in so many waves of about so long; pods that
come or go; a changed strategy alone; nothing. Then what differs, field by field, and as a unified diff, without what
the server keeps for itself (status, generation, managed fields, the annotation of what was applied last).
KUBECTL_EXTERNAL_DIFF names a program that shows the diff instead, as for kubectl.

Values of environment variables are shown here, because they are what differs. The time is told from how long the pods there took
to be ready.`,
  examples: {
    'What would applying it change?': 'kds diff -f agent.yaml',
    'Apply only what differs': 'kds diff -f agent.yaml >/dev/null || kds apply -f agent.yaml -y',
    'In a cluster that was dumped': 'kds diff -f agent.yaml --snapshot dump.yaml',
  },
  args: [],
  flags: [
    ...fileFlags,
    namespaceFlag,
    selectorOfFilesFlag,
    toggle('server-side', 'Ask for what server-side apply would make of it'),
    toggle('force-conflicts', 'With --server-side: take over fields that others manage'),
    { ...fieldManagerFlag, default: 'kubectl-client-side-apply' },
    flag(
      'snapshot',
      'FILE',
      'Compare with a dump instead of a cluster: nodes, pods, DaemonSets, ControllerRevisions; - reads standard input',
      { repeatable: true, completes: 'file' },
    ),
    atFlag,
    formatFlag(['json', 'yaml'], 'Print a versioned document instead of text'),
  ],
  exitCodes: {
    0: 'no difference',
    1: 'there are differences',
    2: 'failed, or wrong usage',
  },
  failureCode: 2,
  load: async () => (await import('../bundles/plan.ts')).diffCommand,
})
