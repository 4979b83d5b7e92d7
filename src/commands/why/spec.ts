import { formatFlag } from '#cli/flags.ts'
import {
  clusterFlags,
  comparisonOperatorsFlag,
  manifestFlags,
  serverVersionFlag,
} from '#commands/shared/inputs/flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'

export const whySpec = clusterCommand({
  path: ['why'],
  summary: 'Tell why there is a pod on a node, or none',
  usage: 'kds why NODE [NAME | -f FILE] [--snapshot FILE] [flags]',
  description: `Tell why there is a pod of a DaemonSet on a node, or none: the cause first, then its pods with the conditions that are not
met and how a container last ended, then the rules in order with their evidence, and what the API server, the scheduler and
the kubelet have said.

Then it tells what would change the answer: the toleration, node selector or affinity to set in the template, on which nodes
that run it already keep it, and the labels and taints to change on the node. Each of them has been tried.

Without a name every DaemonSet of the cluster is a row: those that are missing on the node, and why, come first. With -f the
question is about a file before it is applied.`,
  examples: {
    'Why is there no pod of it on this node?': 'kds why worker-1 agent -n monitoring',
    'What is missing on this node?': 'kds why worker-1',
    'Would this manifest run there?': 'kds why worker-1 -f daemonset.yaml',
    'On a dump of a cluster': 'kds why worker-1 agent --snapshot dump.yaml',
  },
  args: [
    { name: 'node', completes: 'node', summary: 'The node' },
    { name: 'name', completes: 'daemonset', summary: 'A DaemonSet: NAME or ds/NAME' },
  ],
  flags: [
    ...manifestFlags,
    ...clusterFlags,
    formatFlag(['wide', 'json', 'yaml'], 'Output format. wide is a table with pods and revisions'),
    serverVersionFlag,
    comparisonOperatorsFlag,
  ],
  exitCodes: {
    0: 'the question was answered, whatever the answer is',
    1: 'wrong usage, unreadable input, or a node or DaemonSet that is not there',
  },
  load: async () => (await import('../bundles/state.ts')).whyCommand,
})
