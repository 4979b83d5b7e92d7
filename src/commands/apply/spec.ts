import { flag, rare, toggle } from '#cli/flags.ts'
import type { FlagSpec } from '#cli/spec.ts'
import { loadStates } from '#commands/rollout/load-states.ts'
import { planFlags } from '#commands/rollout/waves/flags.ts'
import { namespaceFlag } from '#commands/shared/connection-flags.ts'
import { fileFlags, validateFlag } from '#commands/shared/inputs/flags.ts'
import { policyFlags } from '#commands/shared/policy-flags.ts'
import {
  clusterCommand,
  dryRunFlag,
  fieldManagerFlag,
  outputFlag,
  printerFlags,
  selectorOfFilesFlag,
} from '#commands/shared/target-flags.ts'

/** Flags of kubectl that kds does not honour: known, so that they can be refused plainly. */
const refused: readonly FlagSpec[] = ['prune', 'force'].map((name) => ({
  group: 'rare',
  name,
  default: 'false',
  summary: 'Refused',
}))

/** The other flags about waves are seldom needed here. */
const usualWaves = ['canary', 'waves', 'bake']

export const applySpec = clusterCommand({
  path: ['apply'],
  summary: 'Apply manifests: see what will happen, confirm, follow',
  usage: 'kds apply (-f FILE | -k DIR) [flags]',
  description: `Apply DaemonSets as "kubectl apply" does: the same three-way merge with what was applied last, written in the same
annotation, the same lines and warnings, so that both can be used in turn. What is missing is created. --server-side,
--force-conflicts, --field-manager, --overwrite, --dry-run, --validate and -o are those of kubectl; --prune and --force are refused.

On a terminal you first see what it will do: whether the pods are admitted, nodes and victims, and the roll-out's waves; then you
are asked, and the roll-out is followed to its end as "kds rollout status" does. -y does not ask, --wait=false does not
follow. In a pipe nothing is asked and nothing is followed, as with kubectl, unless --wait is given: scripts that may get
a terminal say -y.

A file that holds more than DaemonSets is refused, and told what else is in it; --daemonsets-only applies the DaemonSets and
leaves the rest alone. --fail-on and --max-change make the plan in a pipe, too, and stop before anything is changed where it
breaks a rule. --undo-on-failure waits, and when the roll-out cannot come to its end by itself, or --timeout is
over, puts the old template back and fails. An answer that got lost is looked up.

--canary, --waves, --by and --bake roll out a DaemonSet that is there in waves, as "kds rollout waves" does.`,
  examples: {
    'See what will happen, say yes, follow': 'kds apply -f agent.yaml',
    'In a pipeline: follow for ten minutes at most, and go back if it fails':
      'kds apply -f agent.yaml -y --undo-on-failure --timeout=10m',
    'What would the server make of it?': 'kds apply -f agent.yaml --dry-run=server',
    'Only the DaemonSets of a chart': 'helm template my-agent ./chart | kds apply -f - --daemonsets-only',
  },
  args: [],
  flags: [
    ...fileFlags,
    namespaceFlag,
    selectorOfFilesFlag,
    toggle('yes', 'Do not ask', 'y'),
    ...rare(toggle('daemonsets-only', 'Leave alone what else the files hold, and say what that is')),
    toggle('wait', 'Follow the roll-out; on a terminal the default'),
    flag('timeout', 'DURATION', 'How long to follow at most; 0: forever', { default: '0s' }),
    toggle('undo-on-failure', 'Follow, and put the old template back on failure'),
    ...planFlags.flatMap((flag) => (usualWaves.includes(flag.name) ? flag : rare(flag))),
    ...policyFlags,
    toggle('server-side', 'Merge on the server, which notes field managers'),
    ...rare(toggle('force-conflicts', 'With --server-side: take over fields that others manage')),
    { ...fieldManagerFlag, default: 'kubectl-client-side-apply' },
    {
      group: 'rare',
      name: 'overwrite',
      default: 'true',
      summary: 'Undo what others have changed since it was applied last, where the manifest says otherwise',
    },
    validateFlag,
    dryRunFlag,
    outputFlag,
    ...printerFlags,
    ...refused,
  ],
  exitCodes: {
    0: 'applied; where the roll-out is followed: and rolled out',
    1: 'refused, failed, not rolled out, or wrong usage',
    3: 'with --fail-on or --max-change: a rule would be broken; nothing was changed',
  },
  load: async () => (await import('../bundles/plan.ts')).applyCommand(loadStates),
})
