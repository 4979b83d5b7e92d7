import { flag, toggle } from '#cli/flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'

export const snapshotSpec = clusterCommand({
  path: ['snapshot'],
  summary: 'Save what a plan needs of a cluster, to plan without it',
  usage: 'kds snapshot [--redact] [flags] > snapshot.yaml',
  description: `Write what plans need of a cluster: nodes, pods, DaemonSets, their revisions and what decides whether pods are admitted and where
they fit. A plan from it with --snapshot is the one that the live cluster would give, so that a pipeline can plan without
credentials. It is a fraction of a "kubectl get -o yaml" of the same, and the same state gives the same text.

What it does not hold: Secrets, ConfigMaps, managed fields, annotations, and values of environment variables, of which a digest
is left that tells whether they change. Templates are whole but for that, as they are and as they were applied last: what stands
in commands and arguments is in it. Whatever you may not read is left out and named.

--redact gives nodes and pods other names. DaemonSets and namespaces keep theirs: by them a manifest finds what it changes.`,
  examples: {
    'Write one, and plan from it in a pipeline':
      'kds snapshot > snapshot.yaml && kds plan -f agent.yaml --snapshot snapshot.yaml',
    'For a bug report': 'kds snapshot --redact > snapshot.yaml',
  },
  args: [],
  flags: [
    toggle('redact', 'Give nodes and pods other names'),
    flag('output', 'FORMAT', 'Output format', { short: 'o', choices: ['yaml', 'json'], default: 'yaml' }),
  ],
  load: async () => (await import('../bundles/snapshot.ts')).snapshotCommand,
})
