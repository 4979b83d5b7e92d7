import { flag, formatFlag, rare, toggle } from '#cli/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { atFlag } from '#commands/shared/inputs/flags.ts'
import { allNamespacesFlag, clusterCommand, diffFlag } from '#commands/shared/target-flags.ts'

export const revisionsSpec = clusterCommand({
  path: ['revisions'],
  summary: 'List the ControllerRevisions of DaemonSets',
  usage: 'kds revisions [NAME | ds/NAME | REVISION-NAME ...] [--diff[=A..B]] [flags]',
  description: `List ControllerRevisions as "kubectl get controllerrevisions" does, those of a DaemonSet or all of a namespace, and describe
one by its name, with what kubectl leaves out: how many pods have it (ready/all), with -o wide its size, and its state:

current: the DaemonSet's template; old: kept for a rollback; duplicate, surplus, released: the controller deletes it, or
releases it, in its next sync; adoptable: nobody's, but a DaemonSet selects its labels and will take it over; orphan: nobody's
and nobody will; stale: its DaemonSet is gone, or is another one of the same name.

--diff shows what changed between two revisions of a DaemonSet, field by field and as a unified diff, and is, with the page of a
single revision, the only thing here that shows values of environment variables.`,
  examples: {
    'The revisions of a DaemonSet, with their pods': 'kds revisions agent',
    'Everything that is left behind in the cluster': 'kds revisions -A',
    'What changed from revision 3 to 5?': 'kds revisions agent --diff=3..5',
    'One revision, by its own name': 'kds revisions agent-7d59784fd5',
    'In a cluster that was dumped': 'kds revisions agent --snapshot dump.yaml',
  },
  args: [
    {
      name: 'name',
      repeatable: true,
      completes: 'daemonset',
      summary:
        'DaemonSets whose revisions are listed, or revisions to describe; all of the namespace without it',
    },
  ],
  flags: [
    formatFlag(
      ['wide', 'json', 'yaml', 'name'],
      'Output format. wide adds size, hash, images and change cause',
    ),
    diffFlag,
    ...rare(toggle('no-headers', 'Leave out the headers')),
    flag('selector', 'SELECTOR', "Revisions that match a label selector: 'app=agent,tier!=test'", {
      short: 'l',
    }),
    flag(
      'snapshot',
      'FILE',
      'Take a dump in place of a cluster, as "kubectl get daemonsets,controllerrevisions,pods -A -o json" prints it; - reads standard input',
      { repeatable: true, completes: 'file' },
    ),
    atFlag,
    namespaceFlag,
    allNamespacesFlag,
  ],
  load: async () => (await import('../bundles/live.ts')).revisionsCommand,
})
