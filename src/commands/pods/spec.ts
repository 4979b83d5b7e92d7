import { formatFlag, rare, toggle } from '#cli/flags.ts'
import { nodeLabelsFlag } from '#commands/shared/inputs/flags.ts'
import { clusterCommand, stateFlags, targetArgument } from '#commands/shared/target-flags.ts'

export const podsSpec = clusterCommand({
  path: ['pods'],
  summary: 'List the pods of a DaemonSet node by node',
  usage: 'kds pods [NAME | ds/NAME]... [-A | -l SELECTOR] [-L LABEL] [--snapshot FILE] [flags]',
  description: `Show the pods of DaemonSets node by node: also the nodes that wait for one, and those that have one and should not. REVISION is
the number of the pod's revision, "old" where it is not the one that is rolled out. STATE tells how far the pod is and since
when: no pod, pending, pulling, starting, ready, failing, terminating, ended. CAUSE is Kubernetes' own word for what is in
the way; with -o wide it is a sentence.

The first line says how the DaemonSet is and why, the last ones what to do, as commands to copy; --no-headers prints the
rows only, for scripts. -L adds columns for labels of the nodes: whole keys, or their ends, as in -L zone,pool. A terminal that is
too narrow does without AGE, then RESTARTS, REVISION and POD. Who may not list nodes is shown those that have a pod.`,
  examples: {
    'Where does it run, and how well?': 'kds pods agent',
    'The worst first, with zone and pool of the nodes': 'kds pods agent --problems -L zone,pool',
    'Of all DaemonSets of the cluster, from a dump': 'kds pods -A --snapshot dump.yaml',
    'Nodes whose pod fails': `kds pods agent -o json | jq -r '.items[].nodes[] | select(.phase == "failing") | .node'`,
  },
  args: [targetArgument],
  flags: [
    toggle('problems', 'The worst first'),
    toggle('watch', 'Keep watching, and show what changes', 'w'),
    nodeLabelsFlag('Labels of the nodes to show in a column each; the end of a key will do: zone'),
    ...rare(toggle('no-headers', 'Print the rows only')),
    formatFlag(
      ['wide', 'json', 'yaml', 'name'],
      'Output format. wide tells causes in sentences; name prints pod/NAME',
    ),
    ...stateFlags,
  ],
  exitCodes: {
    0: 'shown, whatever their state',
    1: 'failed, one of the names is not there, or wrong usage',
  },
  load: async () => (await import('../bundles/state.ts')).podsCommand,
})
