import { flag, globalFlags, rare, toggle } from '#cli/flags.ts'
import type { ArgumentSpec, ExitCodes, FlagSpec } from '#cli/spec.ts'

/** What a sandbox is made of, and how its pods behave. */
export const sandboxFlags: readonly FlagSpec[] = [
  flag('nodes', 'NUMBER', 'Number of plain nodes; 3, unless --from or --pool brings nodes'),
  flag('control-plane', 'NUMBER', 'Number of control-plane nodes besides, with their label and taint', {
    group: 'rare',
    default: '0',
  }),
  flag('names', 'PATTERN', 'Names of the plain nodes, such as worker-%02d (default node-%d)', {
    group: 'rare',
  }),
  flag(
    'pool',
    'NAME=NUMBER[,WHAT]',
    'Further nodes NAME-1, NAME-2 …, WHAT a comma list of label=KEY=VALUE, taint=KEY=VALUE:EFFECT, cpu=4, memory=16Gi, pods=30, zone=a, instance-type=TYPE',
    { repeatable: true },
  ),
  flag(
    'from',
    'FILE',
    'Start with what a dump holds: nodes, or a whole snapshot as "kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json" prints it',
    { repeatable: true, completes: 'file' },
  ),
  flag('port', 'PORT', 'Port on 127.0.0.1; 0 takes any that is free', { group: 'rare', default: '0' }),
  flag('speed', 'FACTOR', "How many times as fast the cluster's clock runs", { default: '1' }),
  flag('pull-after', 'DURATION', 'How long pods pull their images', { group: 'rare', default: '200ms' }),
  flag(
    'ready-after',
    'DURATION',
    'How long containers take from their start until they are ready, in addition to their probes',
    { default: '100ms' },
  ),
  flag('terminate-after', 'DURATION', 'How long pods take to end; at most their grace period', {
    group: 'rare',
    default: '200ms',
  }),
  toggle('slow', 'Slow enough to watch: 1s to pull, 1.5s until ready, 1s to end, unless said otherwise'),
  flag(
    'finish',
    'IMAGE=DURATION[:EXITCODE]',
    'Let containers end whose image matches this pattern (default: those of pods that are not always restarted, such as those of Jobs, after 4s with exit code 0)',
    { group: 'rare', repeatable: true, commaSeparated: true },
  ),
  flag(
    'fail',
    'IMAGE=HOW',
    'Let pods fail whose image matches this pattern; HOW is image, crash, never-ready or unhealthy (of its liveness probe; default bad=image)',
    { repeatable: true, commaSeparated: true },
  ),
  ...rare(toggle('faults', 'Serve /kds-sandbox/faults, by which a test lets requests fail')),
  ...globalFlags,
]

/** What {@link sandboxFlags} leave to annotations. */
export const behaviourParagraph = `Images with "bad" in their name cannot be pulled, unless --fail says otherwise. Annotations on nodes, or on pods through
their template, say how pods behave while the sandbox runs: sandbox.kds.dev/pull-seconds (0.2 without them), start-seconds
(0.1), ready-seconds (0.1), termination-seconds (0.2), crash-seconds (1), finish-seconds (4 where containers are to end),
exit-code (0), failure (image, crash, never-ready, unhealthy, none); on a node also kubelet (down, up). Init containers run for half a
second. Volumes and variables wait for ConfigMaps and Secrets that are missing.`

/** Idle this long, a sandbox in the background ends: one that is forgotten is gone the next day. */
export const usualStopAfter = '12h'

export const portArgument: ArgumentSpec = {
  name: 'port',
  summary: 'Port of the sandbox that is meant, where several run',
}

export const exitCodes: ExitCodes = {
  0: 'done',
  1: 'failed, or wrong usage',
}
