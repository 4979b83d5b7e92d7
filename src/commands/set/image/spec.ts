import { flag, rare, toggle } from '#cli/flags.ts'
import { loadStates } from '#commands/rollout/load-states.ts'
import { changeFlags, clusterCommand } from '#commands/shared/target-flags.ts'

export const setImageSpec = clusterCommand({
  path: ['set', 'image'],
  summary: 'Change the images of a DaemonSet',
  usage:
    'kds set image (ds/NAME | daemonset NAME | -f FILE | ds -l SELECTOR | ds --all) CONTAINER=IMAGE... [flags]',
  description: `Give containers, init containers too, of a DaemonSet other images, as "kubectl set image" does: CONTAINER=IMAGE for each,
or *=IMAGE for all. That makes a new revision, which is rolled out at once. Where all images are as they should be,
nothing is sent and nothing is said.

Beyond kubectl: --change-cause records why, for the history; --wait follows the roll-out to its end; an answer that got lost
is looked up. "kds rollout waves --set-image" rolls out a few nodes at a time.`,
  examples: {
    'A newer image': 'kds set image ds/agent agent=registry/agent:1.5',
    'With the reason for the history, and wait until it runs everywhere':
      'kds set image ds/agent agent=registry/agent:1.5 --change-cause "CVE-2026-1234" --wait',
    'The same image for all containers of what a label selects':
      "kds set image ds -l team=core '*=registry/agent:1.5'",
    'In a file, without a cluster': 'kds set image -f agent.yaml agent=registry/agent:1.5 --local -o yaml',
  },
  args: [
    {
      name: 'target',
      repeatable: true,
      completes: 'daemonset',
      summary: 'ds/NAME, daemonset NAME, or several, and then CONTAINER=IMAGE for each container',
    },
  ],
  flags: [
    toggle('all', 'All DaemonSets of the namespace'),
    flag('change-cause', 'TEXT', 'Change cause to record for the new revision; empty: leave it as it is'),
    ...rare(toggle('record', 'Deprecated by kubectl: record the command line as change cause')),
    toggle('local', 'Change what -f holds, and ask no cluster; needs -o'),
    ...changeFlags('kubectl-set'),
  ],
  load: async () => (await import('../../bundles/plan.ts')).setImageCommand(loadStates),
})
