import { flag } from '#cli/flags.ts'
import {
  allNamespacesFlag,
  clusterCommand,
  diffFlag,
  outputFlag,
  printerFlags,
  targetArgument,
  targetFlags,
} from '#commands/shared/target-flags.ts'

export const historySpec = clusterCommand({
  path: ['rollout', 'history'],
  summary: 'Show the revisions of a DaemonSet',
  usage: 'kds rollout history (NAME | ds/NAME | daemonset NAME | -l SELECTOR | -f FILE) [flags]',
  description: `Show the revisions of a DaemonSet as "kubectl rollout history" does: their numbers and change causes, or with
--revision the pod template of one.

Beyond kubectl: -o wide adds hash, age, images and pods (ready/all) of each revision and marks the current one. --diff
shows what changed between two revisions, first field by field, then as a unified diff of their YAML. -o json and -o yaml
print one valid document, kds/v1 RolloutHistory, where kubectl prints documents one behind the other; together with
--revision they print the DaemonSet with that revision's template, as kubectl does. -l works without a type, -A looks in
every namespace. A revision that does not exist is answered with those that do.`,
  examples: {
    'Which revisions are there?': 'kds rollout history ds/agent',
    'Which images, how old, on how many nodes?': 'kds rollout history ds/agent -o wide',
    'What did the last update change?': 'kds rollout history ds/agent --diff',
    'What changed from revision 3 to 5?': 'kds rollout history ds/agent --diff=3..5',
    'The pod template of revision 3': 'kds rollout history ds/agent --revision=3',
  },
  args: [targetArgument],
  flags: [
    flag('revision', 'NUMBER', 'Show the pod template of this revision', {
      default: '0',
      completes: 'revision',
    }),
    diffFlag,
    {
      ...outputFlag,
      suggests: ['wide', 'json', 'yaml', 'name'],
      summary: 'wide, json, yaml, name, or fields of each with jsonpath=TEMPLATE',
    },
    ...printerFlags,
    ...targetFlags,
    allNamespacesFlag,
  ],
  load: async () => (await import('../../bundles/live.ts')).historyCommand,
})
