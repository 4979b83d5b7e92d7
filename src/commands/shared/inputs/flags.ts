import { toggle } from '#cli/flags.ts'
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
    summary: 'File, folder or URL that holds DaemonSets; - reads standard input',
  },
  {
    name: 'kustomize',
    short: 'k',
    value: 'DIR',
    completes: 'folder',
    summary: 'Kustomization folder; built by kustomize, or by kubectl where there is no kustomize',
  },
  toggle('recursive', 'Read folders given by -f with all below them', 'R'),
]

export const validateFlag: FlagSpec = {
  name: 'validate',
  value: 'MODE',
  bare: 'strict',
  choices: ['strict', 'warn', 'ignore', 'true', 'false'],
  default: 'strict',
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
    summary: 'Namespace of DaemonSets that name none (default "default")',
  },
  validateFlag,
  toggle('force', 'Go on in spite of findings that the API server would refuse'),
]

export const atFlag: FlagSpec = {
  name: 'at',
  value: 'TIME',
  summary: 'Take this moment as the present (RFC 3339), as for a dump of yesterday; default: now',
}

/** What the cluster looks like. */
export const clusterFlags: readonly FlagSpec[] = [
  {
    name: 'nodes',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    summary:
      'Nodes to plan against: what "kubectl get nodes -o yaml|json" prints, or any dump or folder that holds Nodes; - reads standard input',
  },
  {
    name: 'snapshot',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    summary:
      'Present state: nodes and any of pods, DaemonSets, ControllerRevisions, PriorityClasses, PodDisruptionBudgets, Namespaces, LimitRanges, ResourceQuotas, ServiceAccounts, RuntimeClasses, as "kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json" prints them; - reads standard input',
  },
  atFlag,
]

export const comparisonOperatorsFlag: FlagSpec = toggle(
  'comparison-operators',
  'Honour the toleration operators Lt and Gt (feature gate TaintTolerationComparisonOperators, off in v1.36)',
)

export const serverVersionFlag: FlagSpec = {
  name: 'server-version',
  value: 'VERSION',
  default: 'v1.36',
  summary: 'With --snapshot: before v1.31 old pods that are not available do not use up the budget',
}
