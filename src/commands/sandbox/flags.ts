import { globalFlags } from '#cli/flags.ts'
import type { ArgumentSpec, ExitCodeSpec, FlagSpec } from '#cli/spec.ts'

/** What a sandbox is made of, and how its pods behave. */
export const sandboxFlags: readonly FlagSpec[] = [
  {
    name: 'nodes',
    value: 'NUMBER',
    summary: 'How many plain nodes to make up; 3, unless --from brings nodes',
  },
  {
    name: 'from',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    summary:
      'Start with what a dump holds: nodes, or a whole snapshot as "kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json" prints it',
  },
  { name: 'port', value: 'PORT', default: '0', summary: 'Port on 127.0.0.1; 0 takes any that is free' },
  {
    name: 'speed',
    value: 'FACTOR',
    default: '1',
    summary: "How many times as fast the cluster's clock runs",
  },
  { name: 'pull-after', value: 'DURATION', summary: 'How long pods pull their images' },
  {
    name: 'ready-after',
    value: 'DURATION',
    summary: 'How long containers take from their start until they are ready',
  },
  {
    name: 'terminate-after',
    value: 'DURATION',
    summary: 'How long pods take to end; at most their grace period',
  },
  {
    name: 'fail',
    value: 'IMAGE=HOW',
    repeatable: true,
    commaSeparated: true,
    summary:
      'Let pods fail whose image matches this pattern; HOW is image, crash or never-ready (default bad=image)',
  },
  {
    name: 'faults',
    default: 'false',
    summary: 'Serve /kds-sandbox/faults, by which a test lets requests fail',
  },
  ...globalFlags,
]

/** What {@link sandboxFlags} leave to annotations. */
export const behaviourParagraph = `Images with "bad" in their name cannot be pulled, unless --fail says otherwise. Annotations on nodes, or on pods through
their template, say how pods behave while the sandbox runs: sandbox.kds.dev/pull-seconds, start-seconds, ready-seconds,
termination-seconds, crash-seconds, failure (image, crash, never-ready, none); on a node also kubelet (down, up).`

/** Idle this long, a sandbox in the background ends: one that is forgotten is gone the next day. */
export const usualStopAfter = '12h'

export const portArgument: ArgumentSpec = {
  name: 'port',
  summary: 'Port of the sandbox that is meant, where several run',
}

export const exitCodes: readonly ExitCodeSpec[] = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'failed, or wrong usage' },
]
