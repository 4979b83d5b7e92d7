import { formatFlag } from '#cli/flags.ts'
import { hypotheticalFlags } from '#commands/shared/hypothetical-flags.ts'
import {
  clusterFlags,
  comparisonOperatorsFlag,
  manifestFlags,
  nodeLabelsFlag,
} from '#commands/shared/inputs/flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'

export const overheadSpec = clusterCommand({
  path: ['overhead'],
  summary: 'Show what all DaemonSets together request on each node',
  usage: 'kds overhead [-f FILE] [--like NODE | --labels … --capacity …] [flags]',
  description: `Show what all DaemonSets of a cluster together ask of its nodes: cpu, memory, pods, ephemeral storage and extended
resources, and what share of the allocatable that is. Nodes of one size on which the same DaemonSets run stand in one row;
-L tells them apart by labels, too. The largest comes first, in the list of DaemonSets as well.

Requests are what the scheduler sets aside for a pod: containers together, or an init container with the sidecars before it
where that is more, with the defaults of LimitRanges and the overhead of RuntimeClasses. A DaemonSet is counted on the nodes
on which it should run, whether its pods are there yet or not. Containers that ask for nothing are named.

-f adds the DaemonSets of a file, and tells what they change. --like, or --labels, --taints and --capacity, ask about a node that
is not there.`,
  examples: {
    'How much of each kind of node is gone before anything runs?': 'kds overhead',
    'By instance type': 'kds overhead -L instance-type',
    'What would this DaemonSet add?': 'kds overhead -f daemonset.yaml',
    'Is a small node worth it?': 'kds overhead --like worker-1 --capacity cpu=2,memory=4Gi,pods=30',
    'The same on a dump of a cluster': 'kubectl get nodes,daemonsets -A -o json | kds overhead --snapshot -',
  },
  args: [],
  flags: [
    ...manifestFlags,
    ...hypotheticalFlags,
    nodeLabelsFlag('Tell nodes apart by these labels; the end of a key is enough: zone'),
    ...clusterFlags.filter(({ name }) => name !== 'at'),
    formatFlag(['wide', 'json', 'yaml'], 'Output format. wide names every node'),
    comparisonOperatorsFlag,
  ],
  exitCodes: {
    0: 'the question was answered',
    1: 'wrong usage, unreadable input, or a manifest that would be refused',
  },
  load: async () => (await import('../bundles/nodes.ts')).overheadCommand,
})
