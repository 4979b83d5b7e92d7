import {
  allNamespacesFlag,
  changeFlags,
  clusterCommand,
  targetArgument,
} from '#commands/shared/target-flags.ts'
import { loadStates } from '../load-states.ts'

export const restartSpec = clusterCommand({
  path: ['rollout', 'restart'],
  summary: 'Replace all pods of a DaemonSet, a few at a time',
  usage: 'kds rollout restart (NAME | ds/NAME | daemonset NAME | -l SELECTOR | -f FILE) [flags]',
  description: `Replace all pods of a DaemonSet by its update strategy, as "kubectl rollout restart" does: the annotation
kubectl.kubernetes.io/restartedAt of the pod template makes them new.

Beyond kubectl: --dry-run=client|server says what would be done, --wait follows the roll-out to its end, -l works without
a type, and -A together with -l reaches every namespace. An answer that got lost is looked up, so nothing restarts twice.`,
  examples: {
    'Restart one and wait for it': 'kds rollout restart ds/agent --wait',
    'Restart all that carry a label': 'kds rollout restart -l app=agent',
    'Would the server take it?': 'kds rollout restart ds/agent --dry-run=server',
  },
  args: [targetArgument],
  flags: [allNamespacesFlag, ...changeFlags('kubectl-rollout')],
  load: async () => (await import('../../bundles/live.ts')).restartCommand(loadStates),
})
