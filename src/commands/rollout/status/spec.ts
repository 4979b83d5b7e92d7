import { flag, formatFlag, rare, toggle } from '#cli/flags.ts'
import {
  allNamespacesFlag,
  clusterCommand,
  targetArgument,
  targetFlags,
} from '#commands/shared/target-flags.ts'
import { loadStates } from '../load-states.ts'

export const statusSpec = clusterCommand({
  path: ['rollout', 'status'],
  summary: 'Follow a roll-out to its end, and tell what holds it up',
  usage: 'kds rollout status (NAME | ds/NAME | daemonset NAME | -l SELECTOR | -f FILE) [flags]',
  description: `Follow the roll-out of a DaemonSet until it is done. On a pipe the lines are those of "kubectl rollout status".

Beyond kubectl: a terminal shows the nodes, a letter each, grouped by pool or zone: o old, T terminating, P pulling,
S starting, M waiting for minReadySeconds, R ready, X failing, W without room, - without a pod. What holds the roll-out back
stands below, each with the commands that help, and who uses up the budget, as the controller reckons it. When it can
never finish by itself, that is said. On a pipe a roll-out that stands still for ten seconds, runs into --timeout or is
looked at with --watch=false is explained on stderr, when it cannot go on. Holds are the release's (image, crash,
configuration, readiness; what was said first is remembered), the API server's (FailedCreate Events: PriorityClass,
PodSecurity, quota, LimitRange, webhook), those of nodes, of room, and of time. The end is summed up on stderr, with a
warning when pods restart; --settle stays to watch for that. --fail-fast ends as soon as it cannot finish by itself or a
new pod fails, and --progress-timeout when no further node is done. Several DaemonSets are followed together. --revision is honoured: the command fails when another
revision is rolled out. --on-delete follows a DaemonSet with the update strategy OnDelete. A DaemonSet that no node matches
is done, as with kubectl, and there is a warning. -o json prints one event per line (kds/v1 RolloutStatus, RolloutHolds and
RolloutSummary). -l works without a type, -A looks in every namespace.`,
  examples: {
    'Wait for a roll-out': 'kds rollout status ds/agent',
    'Wait ten minutes at most': 'kds rollout status ds/agent --timeout=10m',
    'Is it done? The exit code tells': 'kds rollout status ds/agent --watch=false --detailed-exitcode',
    'In CI: fail as soon as it cannot finish, or when pods restart in the minute after it':
      'kds rollout status ds/agent --fail-fast --settle=1m',
    'Events for a program': 'kds rollout status ds/agent -o json',
  },
  args: [targetArgument],
  flags: [
    {
      name: 'watch',
      short: 'w',
      default: 'true',
      summary: 'Follow the roll-out to its end; --watch=false looks once',
    },
    flag('timeout', 'DURATION', 'How long to wait at most, with a unit; 0 waits forever', { default: '0s' }),
    toggle(
      'fail-fast',
      'End with an error as soon as it cannot finish by itself or a new pod fails, seen twice',
    ),
    flag(
      'progress-timeout',
      'DURATION',
      'How long to wait at most without another node done; pods that are ready now and then are no progress',
      { default: '0s' },
    ),
    flag(
      'settle',
      'DURATION',
      'Stay this long after the end, and fail when pods restart or become unavailable',
      { default: '0s' },
    ),
    flag('revision', 'NUMBER', 'Fail when another revision than this is rolled out', {
      group: 'rare',
      default: '0',
      completes: 'revision',
    }),
    ...rare(toggle('on-delete', 'Follow DaemonSets with the update strategy OnDelete, too')),
    ...rare(toggle('detailed-exitcode', 'Tell the state by the exit code')),
    formatFlag(['json'], 'Print events, one per line'),
    ...targetFlags,
    allNamespacesFlag,
  ],
  exitCodes: {
    0: 'rolled out; without --detailed-exitcode also: looked at with --watch=false',
    1: 'failed, deleted, timed out, or wrong usage',
    2: 'with --detailed-exitcode: in progress',
    3: 'with --detailed-exitcode: new pods fail',
    4: 'with --detailed-exitcode: blocked by nodes alone',
    5: 'with --detailed-exitcode: no node matches',
    124: 'with --detailed-exitcode: timed out',
  },
  load: async () => (await import('../../bundles/live.ts')).statusCommand(loadStates),
})
