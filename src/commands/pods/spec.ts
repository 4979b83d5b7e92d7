import type { CommandSpec } from '#cli/spec.ts'
import { clusterFlags, serverVersionFlag } from '#commands/shared/inputs/flags.ts'
import {
  allNamespacesFlag,
  hintsParagraph,
  sharedFlags,
  targetArgument,
  targetFlags,
} from '#commands/shared/target-flags.ts'

export const podsSpec: CommandSpec = {
  path: ['pods'],
  summary: 'Show each node that has or should have a pod of a DaemonSet',
  usage: 'kds pods [NAME | ds/NAME]... [-A | -l SELECTOR] [-L LABEL] [--snapshot FILE] [flags]',
  description: `Show the pods of DaemonSets node by node: also the nodes that wait for one, and those that have one and should not. REVISION is
the number of the pod's revision, "old" where it is not the one that is rolled out. STATE tells how far the pod is and since
when: no pod, pending, pulling, starting, ready, failing, terminating, ended. CAUSE is Kubernetes' own word for what is in
the way; with -o wide it is a sentence.

The first line says how the DaemonSet is and why, the last ones what to do, as commands to copy; --no-headers leaves the rows
alone, for scripts. -L adds columns for labels of the nodes: whole keys, or their ends, as in -L zone,pool. A terminal that is
too narrow does without AGE, then RESTARTS, REVISION and POD.

${hintsParagraph}`,
  examples: [
    { comment: 'Where does it run, and how well?', command: 'kds pods agent' },
    {
      comment: 'The worst first, with zone and pool of the nodes',
      command: 'kds pods agent --problems -L zone,pool',
    },
    { comment: 'Of all DaemonSets of the cluster, from a dump', command: 'kds pods -A --snapshot dump.yaml' },
    {
      comment: 'Nodes whose pod fails',
      command: `kds pods agent -o json | jq -r '.items[].nodes[] | select(.phase == "failing") | .node'`,
    },
  ],
  args: [targetArgument],
  flags: [
    { name: 'problems', default: 'false', summary: 'The worst first' },
    { name: 'watch', short: 'w', default: 'false', summary: 'Go on, and show what changes' },
    {
      name: 'label-columns',
      short: 'L',
      value: 'LABEL',
      repeatable: true,
      commaSeparated: true,
      suggests: ['zone', 'instance-type', 'arch'],
      summary: 'Labels of the nodes to show in a column each; the end of a key will do: zone',
    },
    { name: 'no-headers', default: 'false', summary: 'Leave out all but the rows' },
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      choices: ['wide', 'json', 'yaml', 'name'],
      summary: 'Output format. wide tells causes in sentences; name prints pod/NAME',
    },
    ...targetFlags,
    allNamespacesFlag,
    ...clusterFlags,
    serverVersionFlag,
    ...sharedFlags,
  ],
  exitCodes: [
    { code: 0, meaning: 'shown, however they are' },
    { code: 1, meaning: 'failed, one of the names is not there, or wrong usage' },
    { code: 130, meaning: 'interrupted' },
  ],
  load: async () => (await import('../bundles/state.ts')).podsCommand,
}
