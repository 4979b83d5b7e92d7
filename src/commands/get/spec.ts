import { flag, rare, toggle } from '#cli/flags.ts'
import {
  clusterCommand,
  outputFlag,
  printerFlags,
  stateFlags,
  targetArgument,
} from '#commands/shared/target-flags.ts'

export const getSpec = clusterCommand({
  path: ['get'],
  summary: 'List DaemonSets with a verdict on each',
  usage: 'kds get [NAME | ds/NAME]... [-A | -l SELECTOR] [--snapshot FILE] [flags]',
  description: `List DaemonSets with the columns of "kubectl get daemonsets", and what those do not tell: MISSCHEDULED, pods on
nodes where none should be; RESTARTS, of all its pods; and VERDICT, which is one of: ok; updating 7/12 and starting 9/12,
which move by themselves; stuck, with what is in the way (image, crash, config, not ready, no room, or the node);
no pods, with the rule by which the API server refuses them; no node, where none matches; waits for delete 4/12,
with the strategy OnDelete; misscheduled 2; deleting.

Where the status of a DaemonSet says that all is well, that is believed; of the others pods and nodes are read, and of what is
in trouble Events and revisions, too. Who may not list nodes is told what the pods alone tell. -w goes on: a terminal is redrawn in
place, on a pipe each changed row is a line, as with kubectl. --problems puts the worst first. With --snapshot or --nodes
nothing is asked of a cluster; all namespaces of the dump are listed, unless -n names one. -o json, yaml, kyaml and
jsonpath print one document, kds/v1 DaemonSetStateList, with every hold and what to do about it.`,
  examples: {
    'How are all DaemonSets of the cluster, the worst first?': 'kds get -A --problems',
    'Watch those of a namespace': 'kds get -n monitoring -w',
    'From a dump': 'kds get --snapshot dump.yaml',
    'Which are stuck?': `kds get -A -o jsonpath='{range .items[?(@.verdict.code=="stuck")]}{.metadata.name}{"\\n"}{end}'`,
  },
  args: [targetArgument],
  flags: [
    toggle('problems', 'The worst first'),
    toggle('watch', 'Keep watching, and show what changes', 'w'),
    flag(
      'sort-by',
      'FIELD',
      'Sort by a field of the objects, as a JSONPath such as .metadata.creationTimestamp, or by .restarts, .misscheduled, .verdict.text',
      {
        group: 'rare',
        suggests: [
          '.metadata.name',
          '.metadata.creationTimestamp',
          '.restarts',
          '.misscheduled',
          '.verdict.text',
        ],
      },
    ),
    ...rare(toggle('no-headers', 'Leave out the headers')),
    {
      ...outputFlag,
      suggests: ['wide', 'json', 'yaml', 'kyaml', 'name'],
      summary: 'wide, json, yaml, kyaml, name, or fields with jsonpath=TEMPLATE',
    },
    ...printerFlags,
    ...stateFlags,
  ],
  exitCodes: {
    0: 'listed, whatever the verdicts are',
    1: 'failed, one of the names is not there, or wrong usage',
  },
  load: async () => (await import('../bundles/state.ts')).getCommand,
})
