import { flag, toggle } from '#cli/flags.ts'
import { changeFlags, clusterCommand, targetArgument } from '#commands/shared/target-flags.ts'
import { loadStates } from '../load-states.ts'

export const undoSpec = clusterCommand({
  path: ['rollout', 'undo'],
  summary: 'Go back to an earlier revision of a DaemonSet',
  usage:
    'kds rollout undo [NAME | ds/NAME | daemonset NAME | -l SELECTOR | -f FILE] [--to-revision=N] [flags]',
  description: `Go back to an earlier revision of a DaemonSet, the one before the last or the one that --to-revision names, as
"kubectl rollout undo" does.

Beyond kubectl: on a terminal the difference is shown and you are asked; -y, or a pipe, goes on without. The new revision
number is told on stderr. A change cause is recorded on that revision, "rollback to revision N" or what --change-cause
says, and the DaemonSet's own is taken away: left there, it would pass to the next revision. With an empty
--change-cause= everything is left as kubectl leaves it. When someone else changes the DaemonSet meanwhile, nothing is
rolled back, and their change is not lost. -o json and -o yaml print the DaemonSet as it is rolled back, in a dry run too.
An undo to the template that is there names the revision. Without any target the only DaemonSet of the namespace is
taken, and its name is said; among several you may choose on a terminal. -l works without a type. --wait follows the
roll-out to its end.`,
  examples: {
    'Back to the revision before the last': 'kds rollout undo ds/agent',
    'Back to revision 3, and wait until it runs everywhere':
      'kds rollout undo ds/agent --to-revision=3 --wait',
    'What would it be?': 'kds rollout undo ds/agent --to-revision=3 --dry-run=client',
    'The only DaemonSet of a namespace': 'kds rollout undo --to-revision=1 -n monitoring',
  },
  args: [targetArgument],
  flags: [
    flag('to-revision', 'NUMBER', 'Revision to go back to; 0 is the one before the last', {
      default: '0',
      completes: 'revision',
    }),
    toggle('yes', 'Do not ask', 'y'),
    flag(
      'change-cause',
      'TEXT',
      'Change cause to record for the revision that comes back; empty: leave it as it is',
      { group: 'rare' },
    ),
    ...changeFlags('kds-rollout'),
  ],
  load: async () => (await import('../../bundles/live.ts')).undoCommand(loadStates),
})
