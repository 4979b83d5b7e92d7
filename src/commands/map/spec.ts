import { formatFlag } from '#cli/flags.ts'
import {
  clusterFlags,
  comparisonOperatorsFlag,
  manifestFlags,
  mapLabelsFlag,
  noPreflightFlag,
  serverVersionFlag,
} from '#commands/shared/inputs/flags.ts'
import {
  allNamespacesFlag,
  clusterCommand,
  selectorFlag,
  targetArgument,
} from '#commands/shared/target-flags.ts'

export const mapSpec = clusterCommand({
  path: ['map'],
  summary: 'Draw the nodes as cells, by what happens on each',
  usage: 'kds map [ds/NAME]... [-A | -l SELECTOR | -f FILE] [-L LABEL] [--snapshot FILE] [flags]',
  description: `Draw the cluster for a DaemonSet: a cell for each node, lettered and coloured by what happens there. The first line is
the answer of "kds plan", and so are the numbers: the map is that plan, drawn.

Without -f the DaemonSets that run are drawn as they are: those that the arguments name, else all of the namespace, with
a picture each. With -f it is what applying the file would do. Without --snapshot and --nodes the cluster is asked that
kubectl would ask, and nothing is changed there.

Nodes are grouped by pool, or by zone where there are no pools; -L groups them by labels of your choice. Below the cells
stands what each letter means, on how many nodes, and on which. Where there are thousands of nodes a cell stands for
several of one kind, and each group has its sums. Letters alone tell it all: colours add nothing, and less -R shows both.`,
  examples: {
    'How do the DaemonSets of a namespace stand?': 'kds map -n kube-system',
    'What would applying a file do, by zone?': 'kds map -f daemonset.yaml -L zone',
    'By zone and kind of machine, from a dump': 'kds map ds/agent -L zone,instance-type --snapshot dump.yaml',
    'Against nodes alone, without a cluster': 'kds map -f daemonset.yaml --nodes nodes.yaml',
    'With colours in a pager': 'kds map -A --color=always | less -R',
  },
  args: [targetArgument],
  flags: [
    mapLabelsFlag,
    allNamespacesFlag,
    selectorFlag,
    formatFlag(['json', 'yaml'], 'The document of "kds plan" instead of the picture'),
    ...manifestFlags,
    ...clusterFlags,
    serverVersionFlag,
    comparisonOperatorsFlag,
    noPreflightFlag,
  ],
  exitCodes: { 0: 'the map was drawn', 1: 'failed, or wrong usage' },
  load: async () => (await import('../bundles/plan.ts')).mapCommand,
})
