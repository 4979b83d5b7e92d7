import { flag, formatFlag, rare, toggle } from '#cli/flags.ts'
import {
  clusterFlags,
  comparisonOperatorsFlag,
  manifestFlags,
  mapLabelsFlag,
  noPreflightFlag,
  serverVersionFlag,
} from '#commands/shared/inputs/flags.ts'
import { policyFlags } from '#commands/shared/policy-flags.ts'
import { clusterCommand, targetArgument } from '#commands/shared/target-flags.ts'

const planOutputs = ['wide', 'json', 'yaml', 'name', 'markdown', 'html'] as const

export const planSpec = clusterCommand({
  path: ['plan'],
  summary: 'Show which nodes get a pod, which not and why, and what changes',
  usage: 'kds plan (-f FILE | -k DIR | ds/NAME) [--nodes FILE | --snapshot FILE] [flags]',
  description: `Show which nodes would get a pod of a DaemonSet, which not, and why. The answer is the one that the DaemonSet
controller of Kubernetes v1.36 gives: node name, node selector, required node affinity, taints and tolerations, with
the tolerations that the controller adds by itself.

Each node falls into one of three results: it runs a pod; it keeps its old pod only (an untolerated NoSchedule taint: no
new pod is created, one already there stays); or it is not targeted, and a pod that is there is deleted.

Without --nodes and --snapshot the cluster is asked that kubectl would ask, and nothing is changed there. Then, and with
--snapshot, pods, DaemonSets and ControllerRevisions are read too, and the plan tells what applying the manifest would
do to them: ! does not fit, + create, ~ replace, - delete, = unchanged, leftover, or waiting for a delete. Each node is
in one group, and the first line tells their numbers. For a pod that does not fit the plan shows what it needs, what is
free, and who uses the rest; where the scheduler would evict pods of lower priority to make room, it names them.

The manifest is checked first, as kubectl and the API server would check it. What they would refuse is shown with
file, line and column, and no plan is made unless --force is given. --server-dry-run lets the API server of the cluster
check it, too, and fill in its own defaults.

Whether the pods would be admitted comes first: the cluster is asked about a pod and the DaemonSet in dry runs, and the
rules of v1.36 tell with --no-preflight, without the right to create pods, and from a snapshot, as far as it holds
namespaces, priorityclasses, serviceaccounts, runtimeclasses, limitranges and resourcequotas. Pods that are refused
are no error: the exit code tells changes alone, unless --fail-on or --max-change make rules of what may come of it. Then
the plan is shown all the same, and a last line on stderr says which rule it breaks. --fail-on takes any (change of pods),
lose (pods are lost for good), evict (other pods), no-room, refused (pods), blocked (an update that cannot go on) and zero
(no node matches).`,
  examples: {
    'What would applying it change in the current cluster?': 'kds plan -f daemonset.yaml',
    'Where does a DaemonSet of the cluster run, and what is it about to do?':
      'kds plan ds/agent -n monitoring',
    'Plan a manifest against nodes alone, without a cluster': 'kds plan -f daemonset.yaml --nodes nodes.yaml',
    'Every rule for one node, passed and failed':
      'kds plan -f daemonset.yaml --nodes nodes.yaml --explain worker-1',
    'All DaemonSets of a folder, and what they request on each node together':
      'kds plan -R -f manifests/ --nodes nodes.json',
    'A Helm chart, as a comment for a pull request':
      'helm template my-agent ./chart | kds plan -f - --nodes nodes.yaml -o markdown',
    'What would applying it change in a cluster that was dumped?':
      'kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json | kds plan -f daemonset.yaml --snapshot -',
    'Which nodes does the new manifest add and remove?':
      'kds plan -f new.yaml --from old.yaml --nodes nodes.yaml',
    'The names of the nodes that would run it': 'kds plan -f daemonset.yaml --nodes nodes.yaml -o name',
  },
  args: [
    {
      ...targetArgument,
      summary: 'Plan a DaemonSet that is in the cluster or the snapshot already: ds/NAME, NAME, or several',
    },
  ],
  flags: [
    ...manifestFlags,
    ...clusterFlags,
    formatFlag(
      planOutputs,
      'Output format. wide lists every node with every reason; name prints node/NAME for each node that runs it; html is a page for a browser',
    ),
    toggle('map', 'Draw the nodes as cells, each with what becomes of it, as "kds map" does'),
    ...rare(mapLabelsFlag),
    flag('node', 'NAME', 'The same as --explain', { group: 'rare', repeatable: true, completes: 'node' }),
    flag('explain', 'NAME', 'Every rule for this node, passed and failed', {
      repeatable: true,
      completes: 'node',
    }),
    flag('from', 'FILE', 'Compare with this older manifest, without pods', { completes: 'file' }),
    toggle('detailed-exitcode', 'Exit with 2 when there are changes'),
    serverVersionFlag,
    ...policyFlags,
    comparisonOperatorsFlag,
    ...rare(
      toggle(
        'server-dry-run',
        'Let the API server default and validate the manifest in a dry run, and plan the outcome',
      ),
    ),
    noPreflightFlag,
  ],
  exitCodes: {
    0: 'the plan was made; with --detailed-exitcode: and nothing changes',
    1: 'wrong usage, unreadable input, or a manifest that would be refused',
    2: 'with --detailed-exitcode: there are changes',
    3: 'with --fail-on or --max-change: the plan breaks a rule',
  },
  load: async () => (await import('../bundles/plan.ts')).planCommand,
})
