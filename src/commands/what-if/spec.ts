import { flag, formatFlag } from '#cli/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { hypotheticalFlags } from '#commands/shared/hypothetical-flags.ts'
import { clusterFlags, comparisonOperatorsFlag, serverVersionFlag } from '#commands/shared/inputs/flags.ts'
import { clusterCommand } from '#commands/shared/target-flags.ts'

export const whatIfSpec = clusterCommand({
  path: ['what-if'],
  summary: 'Show what a change of nodes would do to all DaemonSets',
  usage:
    'kds what-if (--taint | --untaint | --label | --cordon | --remove NODES… | --add COUNT --like NODE) [flags]',
  description: `Show what becomes of the pods of all DaemonSets when nodes are tainted, labelled, cordoned, removed or added. Nothing is
written. The answer is the one that the DaemonSet controller, the taint manager and the scheduler of Kubernetes v1.36 give.

For each DaemonSet it tells which pods are deleted (an untolerated NoExecute taint, a label that its node selector asks
for), which are evicted and created again, which stay but would not be created again (NoSchedule), which are created, which
do not fit or are not admitted, and whose budget of a rolling update that uses up. A cordon does nothing to daemon pods.

NODES is the name of a node, several with commas between, or a label selector: pool=spot, '-l zone in (a,b)'. What is done
to them follows after an "=". Several changes are taken together.

New nodes (--add) are described by --like, a node whose labels, taints and sizes they have, or by --labels, --taints and
--capacity; the answer tells what DaemonSets ask of each before anything else runs there.

Without --snapshot the cluster is asked that kubectl would ask.`,
  examples: {
    'Who leaves when a pool is reserved?': 'kds what-if --taint pool=spot=dedicated=batch:NoExecute',
    'May the label of a node be changed?': 'kds what-if --label worker-1=disktype-',
    'What do ten more nodes of a kind cost?': 'kds what-if --add 10 --like worker-1',
    'What would run on small nodes of ARM?':
      'kds what-if --add 1 --labels kubernetes.io/arch=arm64 --capacity cpu=2,memory=4Gi,pods=30',
    'The same on a dump of a cluster':
      'kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json | kds what-if --remove worker-1 --snapshot -',
  },
  args: [],
  flags: [
    flag('taint', 'NODES=TAINT', 'NODES=KEY=VALUE:EFFECT', { repeatable: true, completes: 'node' }),
    flag('untaint', 'NODES=TAINT', 'NODES=KEY or NODES=KEY:EFFECT', { repeatable: true, completes: 'node' }),
    flag('label', 'NODES=LABEL', 'NODES=KEY=VALUE, or NODES=KEY- to remove it', {
      repeatable: true,
      completes: 'node',
    }),
    flag('cordon', 'NODES', 'Mark nodes as unschedulable', { repeatable: true, completes: 'node' }),
    flag('remove', 'NODES', 'Remove nodes', { repeatable: true, completes: 'node' }),
    flag('add', 'COUNT', 'Add this many equal nodes'),
    ...hypotheticalFlags,
    ...clusterFlags,
    {
      ...namespaceFlag,
      summary: 'Tell of the DaemonSets of this namespace only; all of them are taken into account',
    },
    formatFlag(['wide', 'json', 'yaml'], 'Output format. wide is a row for each pod that is affected'),
    serverVersionFlag,
    comparisonOperatorsFlag,
  ],
  exitCodes: {
    0: 'the question was answered, whatever the answer is',
    1: 'wrong usage, unreadable input, or nodes that are not there',
  },
  load: async () => (await import('../bundles/nodes.ts')).whatIfCommand,
})
