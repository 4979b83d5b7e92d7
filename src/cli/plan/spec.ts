import { globalFlags } from '../flags.ts'
import { clusterFlags, comparisonOperatorsFlag, manifestFlags } from '../inputs/flags.ts'
import type { CommandSpec } from '../spec.ts'

export const planOutputs = ['wide', 'json', 'yaml', 'name', 'markdown'] as const

export const planSpec: CommandSpec = {
  path: ['plan'],
  summary: 'Show which nodes would get a daemon pod, which not, and why',
  usage: 'kds plan (-f FILE | -k DIR) (--nodes FILE | --snapshot FILE) [flags]',
  description: `Show which nodes would get a pod of a DaemonSet, which not, and why. The answer is the one that the DaemonSet
controller of Kubernetes v1.36 gives: node name, node selector, required node affinity, taints and tolerations, with
the tolerations that the controller adds by itself.

Each node falls into one of three results. "run": the controller creates a pod there. "stay": it creates none, but
leaves a pod that is already there alone (an untolerated NoSchedule taint). "no": it creates none and deletes what
is there.

With --snapshot the pods, DaemonSets and ControllerRevisions of the cluster are read too, and the plan tells what
applying the manifest would do to them: + gain, ~ replace, - lose, = keep or left over, ! a pod is wanted and will
not fit. The numbers of a pod that will not fit are shown: what it wants, what is free, who uses the rest.

The manifest is checked first, as kubectl and the API server would check it. What they would refuse is shown with
file, line and column, and no plan is made unless --force is given.`,
  examples: [
    {
      comment: 'Plan a manifest against the nodes of the current cluster',
      command: 'kubectl get nodes -o yaml | kds plan -f daemonset.yaml --nodes -',
    },
    {
      comment: 'Every rule for one node, passed and failed',
      command: 'kds plan -f daemonset.yaml --nodes nodes.yaml --explain worker-1',
    },
    {
      comment: 'All DaemonSets of a folder, and what they request on each node together',
      command: 'kds plan -R -f manifests/ --nodes nodes.json',
    },
    {
      comment: 'A Helm chart, as a comment for a pull request',
      command: 'helm template my-agent ./chart | kds plan -f - --nodes nodes.yaml -o markdown',
    },
    {
      comment: 'What would applying it change?',
      command:
        'kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json | kds plan -f daemonset.yaml --snapshot -',
    },
    {
      comment: 'Which nodes does the new manifest win and lose?',
      command: 'kds plan -f new.yaml --from old.yaml --nodes nodes.yaml',
    },
    {
      comment: 'The names of the nodes that would run it',
      command: 'kds plan -f daemonset.yaml --nodes nodes.yaml -o name',
    },
  ],
  args: [],
  flags: [
    ...manifestFlags,
    ...clusterFlags,
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      choices: planOutputs,
      summary:
        'Output format. wide lists every node with every reason; name prints node/NAME for each node that runs it',
    },
    {
      name: 'node',
      value: 'NAME',
      repeatable: true,
      completes: 'node',
      summary: 'Show the whole trace for this node, rule by rule',
    },
    {
      name: 'explain',
      value: 'NAME',
      repeatable: true,
      completes: 'node',
      summary: 'The same as --node',
    },
    {
      name: 'from',
      value: 'FILE',
      completes: 'file',
      summary: 'Compare with this older manifest, without any pods: which nodes are won and lost',
    },
    {
      name: 'detailed-exitcode',
      default: 'false',
      summary: 'Exit with 2 when there are changes; needs --snapshot or --from',
    },
    {
      name: 'server-version',
      value: 'VERSION',
      default: 'v1.36',
      summary: 'With --snapshot: before v1.31 old pods that are not available do not use up the budget',
    },
    comparisonOperatorsFlag,
    ...globalFlags,
  ],
  exitCodes: [
    { code: 0, meaning: 'the plan was made; with --detailed-exitcode: and nothing changes' },
    { code: 1, meaning: 'wrong usage, unreadable input, or a manifest that would be refused' },
    { code: 2, meaning: 'with --detailed-exitcode: there are changes' },
  ],
  load: async () => (await import('./plan.ts')).planCommand,
}
