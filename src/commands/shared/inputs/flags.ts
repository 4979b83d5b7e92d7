import { rare, toggle } from '#cli/flags.ts'
import type { FlagSpec } from '#cli/spec.ts'

/** Which files to read. */
export const fileFlags: readonly FlagSpec[] = [
  {
    name: 'filename',
    short: 'f',
    value: 'FILE',
    repeatable: true,
    commaSeparated: true,
    completes: 'file',
    summary: 'File, folder or URL of manifests; - for stdin',
  },
  {
    name: 'kustomize',
    short: 'k',
    value: 'DIR',
    completes: 'folder',
    summary: 'Kustomization folder, for kustomize or kubectl',
  },
  toggle('recursive', 'With -f: folders with all below them', 'R'),
]

export const validateFlag: FlagSpec = {
  name: 'validate',
  value: 'MODE',
  bare: 'strict',
  choices: ['strict', 'warn', 'ignore', 'true', 'false'],
  default: 'strict',
  group: 'rare',
  summary: 'What to do about unknown fields: refuse them, warn of them, or say nothing',
}

/** Which manifests to read, and how strictly to check them. */
export const manifestFlags: readonly FlagSpec[] = [
  ...fileFlags,
  {
    name: 'namespace',
    short: 'n',
    value: 'NAME',
    completes: 'namespace',
    summary: 'Namespace of manifests that name none',
  },
  validateFlag,
  ...rare(toggle('force', 'Go on in spite of findings that the API server would refuse')),
]

export const atFlag: FlagSpec = {
  name: 'at',
  group: 'rare',
  value: 'TIME',
  summary: 'Time to take as now (RFC 3339), for a dump of yesterday',
}

/** What the cluster looks like. */
export const clusterFlags: readonly FlagSpec[] = [
  {
    name: 'nodes',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    summary:
      'Nodes from a file instead of a cluster, as "kubectl get nodes -o yaml" prints them; - for stdin',
  },
  {
    name: 'snapshot',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    summary:
      'State from a file instead of a cluster, as "kds snapshot" or "kubectl get -o json" prints it; - for stdin',
  },
  atFlag,
]

/** `-L`, as kubectl get has it, of labels that nodes have. */
export const nodeLabelsFlag = (summary: string): FlagSpec => ({
  name: 'label-columns',
  short: 'L',
  value: 'LABEL',
  repeatable: true,
  commaSeparated: true,
  suggests: ['zone', 'instance-type', 'arch', 'os'],
  summary,
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

export const serverVersionFlag: FlagSpec = {
  name: 'server-version',
  group: 'rare',
  value: 'VERSION',
  default: 'v1.36',
  summary: 'With --snapshot: before v1.31 old pods that are not available do not use up the budget',
}
