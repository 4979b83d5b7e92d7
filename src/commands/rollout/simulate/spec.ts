import { flag, formatFlag } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import {
  clusterFlags,
  comparisonOperatorsFlag,
  manifestFlags,
  serverVersionFlag,
} from '#commands/shared/inputs/flags.ts'
import { sharedFlags, targetArgument } from '#commands/shared/target-flags.ts'

export const simulateSpec: CommandSpec = {
  path: ['rollout', 'simulate'],
  summary: 'Play a roll-out to its end on a virtual clock',
  usage: 'kds rollout simulate (-f FILE | -k DIR | ds/NAME) [--snapshot FILE | --nodes FILE] [flags]',
  description: `Play the roll-out of a DaemonSet to its end on a virtual clock: how many waves, how long, how many pods are
available meanwhile, and where it would stick and by which rule. Nothing is changed anywhere.

Without --nodes and --snapshot the cluster is asked that kubectl would ask: what would this file do there, or with ds/NAME, a
restart? Then, and with --snapshot, the roll-out starts from the pods, revisions and DaemonSet that are there: pods on nodes
that are NotReady never become ready, and terminating ones stay there, and elsewhere if their grace period is long over. With
--nodes alone an older revision is assumed to run healthily on every node that matches.

New pods that find no room evict pods of lower priority as the scheduler would, and wait until those are gone.

Which of several equal nodes goes first is random in a real cluster: the nodes of a wave are an example, and --seed
gives another. Their number, the time and the end are what to read.

--max-unavailable and --max-surge try other strategies. Several values give a table that compares them.`,
  examples: {
    'How would this update go in the current cluster, and how a restart?':
      'kds rollout simulate -f new.yaml; kds rollout simulate ds/agent -n monitoring',
    'How would this update go, starting from a dump of the cluster?':
      'kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json | kds rollout simulate -f new.yaml --snapshot -',
    'Compare budgets, with pods that take 90 seconds to become ready':
      'kds rollout simulate -f new.yaml --nodes nodes.yaml --ready-after 90s --max-unavailable 1,10%,25%',
    'What if the image cannot be pulled on one node?':
      'kds rollout simulate -f new.yaml --nodes nodes.yaml --fail worker-3=image',
  },
  args: [
    {
      ...targetArgument,
      summary: 'Play a restart of a DaemonSet that is in the cluster: ds/NAME, NAME, or several',
    },
  ],
  flags: [
    ...manifestFlags,
    ...clusterFlags,
    flag('ready-after', 'DURATION', 'How long a pod takes from creation to Ready', { default: '10s' }),
    flag('terminate-after', 'DURATION', 'How long a pod takes from deletion to being gone', {
      group: 'rare',
      default: '5s',
    }),
    flag('fail', 'NODE=HOW', 'Let the new pod fail on this node; HOW is image, crash or never-ready', {
      repeatable: true,
      commaSeparated: true,
      completes: 'node',
    }),
    flag('seed', 'NUMBER', 'Which of the possible orders among equal nodes to play', {
      group: 'rare',
      default: '1',
    }),
    flag('max-unavailable', 'N|N%', "Try this instead of the manifest's own; several values are compared", {
      repeatable: true,
      commaSeparated: true,
    }),
    flag('max-surge', 'N|N%', 'Try this surge (with maxUnavailable 0); several values are compared', {
      repeatable: true,
      commaSeparated: true,
    }),
    {
      ...serverVersionFlag,
      summary: 'Before v1.31 old pods that are not available do not use up the budget',
    },
    formatFlag(['json', 'yaml'], 'Print a versioned document instead of text'),
    comparisonOperatorsFlag,
    ...sharedFlags,
  ],
  exitCodes: {
    0: 'the simulation was played, whatever its end',
    1: 'wrong usage, unreadable input, or a manifest that would be refused',
    130: 'interrupted',
  },
  load: async () => (await import('../../bundles/plan.ts')).simulateCommand,
}
