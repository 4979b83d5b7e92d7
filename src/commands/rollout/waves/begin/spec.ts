import { flag, rare, toggle } from '#cli/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { fileFlags } from '#commands/shared/inputs/flags.ts'
import { clusterCommand, dryRunFlag } from '#commands/shared/target-flags.ts'
import { driveExitCodes, eventsFlag, planFlags, waveTargetArgument } from '../flags.ts'

export const wavesSpec = clusterCommand({
  path: ['rollout', 'waves'],
  summary: 'Roll out in waves: canary, bake, gates, and back on failure',
  usage:
    'kds rollout waves ds/NAME (--set-image CONTAINER=IMAGE | -f FILE | --to-revision N) [--canary WHO] [--waves LIST] [--bake DURATION] [flags]',
  description: `Roll out a change of a DaemonSet a few nodes at a time, with what a plain DaemonSet can do: no controller is installed.

One write switches it to the update strategy OnDelete, keeps its own strategy in an annotation, and changes the pod template.
Then pods are evicted wave by wave, never more at a time than its own maxUnavailable allows, and PodDisruptionBudgets
count. After each wave all new pods must be available, stay so for --bake, and pass the gates: no restarts, no pod that fails
by itself (image, configuration, crash), and --gate if there is one. If a wave fails, or no further pod becomes available for
--progress-timeout, the touched nodes go back to the old revision (--on-failure=pause: everything stands still instead). At the
end one write brings the strategy back as it was, and nothing of kds stays but the change cause.

All that is known stands in the DaemonSet's annotations and in its pods. kds can be interrupted or killed at any moment, and
"kds rollout waves resume" goes on from anywhere; two at once do not get into each other's way. If someone else changes the
template or the strategy meanwhile, kds stops and says so. A DaemonSet that Flux, Argo CD or the like keeps is refused
unless --force is given: they would put back what waves change.

While waves are under way, pods that are made for other reasons (a new node, a failed pod) are of the new revision. Nodes that
are not ready are left to the DaemonSet's own strategy. A DaemonSet whose strategy never lets a pod be down (maxSurge), or is
OnDelete itself, needs --max-unavailable.

--waves counts nodes from the start, in numbers or percentages, and ends with 100%. --by takes nodes zone by zone, pool by pool
(as the usual clouds label them) or by any label; without --waves each such group is a wave. --canary is a number, a
percentage, names of nodes, or a selector of nodes ('tier=test', or -l tier=test).`,
  examples: {
    'One node for ten minutes, then a tenth, half, and all':
      'kds rollout waves ds/agent --set-image agent=agent:2.1 --canary 1 --bake 10m',
    'Which nodes would be in which wave, and how long would it take?':
      'kds rollout waves ds/agent -f agent.yaml --by zone --dry-run',
    'A pool first, then zone by zone, with a test of your own after each':
      "kds rollout waves ds/agent -f agent.yaml --canary 'pool=test' --by zone --gate './smoke-test.sh $KDS_WAVE'",
  },
  args: [waveTargetArgument],
  flags: [
    flag('set-image', 'CONTAINER=IMAGE', 'New image of a container; * is every container', {
      repeatable: true,
      commaSeparated: true,
    }),
    ...fileFlags.flatMap((flag) => (flag.name === 'filename' ? flag : rare(flag))),
    flag('to-revision', 'NUMBER', 'Roll out this revision of the history', {
      default: '0',
      completes: 'revision',
    }),
    ...planFlags,
    flag('change-cause', 'TEXT', 'Change cause to record; empty: leave it as it is', { group: 'rare' }),
    ...rare(toggle('force', 'Go on although a GitOps tool keeps the DaemonSet')),
    eventsFlag,
    dryRunFlag,
    flag('ready-after', 'DURATION', 'With --dry-run: how long a pod takes from creation to Ready', {
      group: 'rare',
      default: '10s',
    }),
    flag('terminate-after', 'DURATION', 'With --dry-run: how long a pod takes from deletion to being gone', {
      group: 'rare',
      default: '5s',
    }),
    namespaceFlag,
  ],
  exitCodes: driveExitCodes,
  load: async () => (await import('../../../bundles/waves.ts')).wavesCommand,
})
