import { flag, rare, toggle } from '#cli/flags.ts'
import type { FlagSpec } from '#cli/spec.ts'

/** Which files to read. */
export const fileFlags: readonly FlagSpec[] = [
  flag('filename', 'FILE', 'File, folder or URL of manifests; - for stdin', {
    short: 'f',
    repeatable: true,
    commaSeparated: true,
    completes: 'file',
  }),
  flag('kustomize', 'DIR', 'Kustomization folder, for kustomize or kubectl', {
    short: 'k',
    completes: 'folder',
  }),
  toggle('recursive', 'With -f: read folders recursively', 'R'),
]

export const validateFlag: FlagSpec = flag(
  'validate',
  'MODE',
  'What to do about unknown fields: refuse them, warn of them, or say nothing',
  {
    bare: 'strict',
    choices: ['strict', 'warn', 'ignore', 'true', 'false'],
    default: 'strict',
    group: 'rare',
  },
)

/** Which manifests to read, and how strictly to check them. */
export const manifestFlags: readonly FlagSpec[] = [
  ...fileFlags,
  flag('namespace', 'NAME', 'Namespace of manifests that name none', { short: 'n', completes: 'namespace' }),
  validateFlag,
  ...rare(toggle('force', 'Continue although the API server would refuse the manifest')),
]

export const atFlag: FlagSpec = flag(
  'at',
  'TIME',
  'Time to take as now (RFC 3339), for a dump of yesterday',
  { group: 'rare' },
)

/** What the cluster looks like. */
export const clusterFlags: readonly FlagSpec[] = [
  flag(
    'nodes',
    'FILE',
    'Nodes from a file instead of a cluster, as "kubectl get nodes -o yaml" prints them; - for stdin',
    { repeatable: true, completes: 'file' },
  ),
  flag(
    'snapshot',
    'FILE',
    'State from a file instead of a cluster, as "kds snapshot" or "kubectl get -o json" prints it; - for stdin',
    { repeatable: true, completes: 'file' },
  ),
  atFlag,
]

/** `-L`, as kubectl get has it, of labels that nodes have. */
export const nodeLabelsFlag = (summary: string): FlagSpec =>
  flag('label-columns', 'LABEL', summary, {
    short: 'L',
    repeatable: true,
    commaSeparated: true,
    suggests: ['zone', 'instance-type', 'arch', 'os'],
  })

export const mapLabelsFlag = nodeLabelsFlag(
  'Group the nodes of the map by these labels; the end of a key will do: zone',
)

export const comparisonOperatorsFlag: FlagSpec = {
  ...toggle(
    'comparison-operators',
    'Honour the toleration operators Lt and Gt (feature gate TaintTolerationComparisonOperators, off in v1.36)',
  ),
  group: 'rare',
}

export const noPreflightFlag: FlagSpec = {
  ...toggle(
    'no-preflight',
    'Send the cluster no dry runs: judge by rules whether the pods would be admitted',
  ),
  group: 'rare',
}

export const serverVersionFlag: FlagSpec = flag(
  'server-version',
  'VERSION',
  'With --snapshot: before v1.31 old pods that are not available do not use up the budget',
  { group: 'rare', default: 'v1.36' },
)
