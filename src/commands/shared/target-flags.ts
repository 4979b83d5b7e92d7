import { globalFlags, rare, toggle } from '#cli/flags.ts'
import type { ArgumentSpec, FlagSpec } from '#cli/spec.ts'
import { connectionFlags, namespaceFlag } from './connection-flags.ts'
import { clusterFlags, fileFlags, serverVersionFlag } from './inputs/flags.ts'

export const selectorFlag: FlagSpec = {
  name: 'selector',
  short: 'l',
  value: 'SELECTOR',
  summary: "DaemonSets that match a label selector: 'app=agent,tier!=test', 'tier in (a,b)'",
}

/** What DaemonSets a command is about. */
export const targetFlags: readonly FlagSpec[] = [...rare(...fileFlags), namespaceFlag, selectorFlag]

export const selectorOfFilesFlag: FlagSpec = {
  name: 'selector',
  short: 'l',
  value: 'SELECTOR',
  summary: 'Only DaemonSets of the files that match a label selector',
}

/** Which revisions to compare. */
export const diffFlag: FlagSpec = {
  name: 'diff',
  value: 'A..B',
  bare: '',
  completes: 'revision',
  summary:
    'Show what changed from revision A to B. A alone compares with the current one; without either, the one before with the current one',
}

export const allNamespacesFlag: FlagSpec = toggle('all-namespaces', 'DaemonSets of every namespace', 'A')

export const targetArgument: ArgumentSpec = {
  name: 'target',
  repeatable: true,
  completes: 'daemonset',
  summary:
    'NAME, ds/NAME, daemonset NAME, daemonset.apps/NAME, or several; ds alone means all of the namespace',
}

/** How `-o` of kubectl's own printers is written here. */
export const outputFlag: FlagSpec = {
  name: 'output',
  short: 'o',
  value: 'FORMAT',
  suggests: ['json', 'yaml', 'name'],
  summary: 'Print the object: json, yaml, name, or fields of it with jsonpath=TEMPLATE',
}

/** Flags that kubectl's printers have. */
export const printerFlags: readonly FlagSpec[] = [
  ...rare(toggle('show-managed-fields', 'Keep metadata.managedFields in json and yaml')),
  {
    group: 'rare',
    name: 'template',
    value: 'TEXT',
    summary: 'Template of -o jsonpath, where -o holds none',
  },
  {
    group: 'ignored',
    name: 'allow-missing-template-keys',
    default: 'true',
    summary: 'Accepted for compatibility, no effect: what a template misses prints nothing',
  },
]

export const dryRunFlag: FlagSpec = {
  name: 'dry-run',
  value: 'MODE',
  bare: 'unchanged',
  suggests: ['none', 'client', 'server'],
  default: 'none',
  summary: 'client: only say what would be done; server: let the API server check it, too',
}

export const fieldManagerFlag: FlagSpec = {
  name: 'field-manager',
  group: 'rare',
  value: 'NAME',
  default: 'kubectl-rollout',
  summary: 'Name of the manager that the server notes for the changed fields',
}

const waitFlags: readonly FlagSpec[] = [
  toggle('wait', 'Follow the roll-out to its end, as "kds rollout status" does'),
  {
    name: 'timeout',
    value: 'DURATION',
    default: '0s',
    summary: 'With --wait: how long to wait at most; 0 waits forever',
  },
]

export const sharedFlags: readonly FlagSpec[] = [...globalFlags, ...connectionFlags]

/** Of the commands that tell how DaemonSets are, on a cluster or in a dump. */
export const stateFlags: readonly FlagSpec[] = [
  ...targetFlags,
  allNamespacesFlag,
  ...clusterFlags,
  serverVersionFlag,
  ...sharedFlags,
]

/** Of the commands that change DaemonSets as kubectl does; `manager`: what the server notes for the changed fields. */
export const changeFlags = (manager: string): readonly FlagSpec[] => [
  dryRunFlag,
  { ...fieldManagerFlag, default: manager },
  ...waitFlags,
  outputFlag,
  ...printerFlags,
  ...targetFlags,
  ...sharedFlags,
]

/** What stderr may hold beside kubectl's lines; every command that talks to a cluster says so in its help. */
export const hintsParagraph = `Where kubectl leaves you to guess, a line on stderr that begins with "hint:" follows the error: the namespaces that do
have such a DaemonSet, the contexts there are, the permission that is missing.`

export const exitCodes = {
  0: 'done',
  1: 'failed, or wrong usage',
  130: 'interrupted',
}
