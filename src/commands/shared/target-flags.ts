import { flag, globalFlags, rare, toggle } from '#cli/flags.ts'
import type { ArgumentSpec, CommandSpec, FlagSpec } from '#cli/spec.ts'
import { connectionFlags, namespaceFlag } from './connection-flags.ts'
import { clusterFlags, fileFlags, serverVersionFlag } from './inputs/flags.ts'

export const selectorFlag: FlagSpec = flag(
  'selector',
  'SELECTOR',
  "DaemonSets that match a label selector: 'app=agent,tier!=test', 'tier in (a,b)'",
  { short: 'l' },
)

/** What DaemonSets a command is about. */
export const targetFlags: readonly FlagSpec[] = [...rare(...fileFlags), namespaceFlag, selectorFlag]

export const selectorOfFilesFlag: FlagSpec = flag(
  'selector',
  'SELECTOR',
  'Only DaemonSets of the files that match a label selector',
  { short: 'l' },
)

/** Which revisions to compare. */
export const diffFlag: FlagSpec = flag(
  'diff',
  'A..B',
  'Show what changed from revision A to B. A alone compares with the current one; without either, the one before with the current one',
  { bare: '', completes: 'revision' },
)

export const allNamespacesFlag: FlagSpec = toggle('all-namespaces', 'DaemonSets of every namespace', 'A')

export const targetArgument: ArgumentSpec = {
  name: 'target',
  repeatable: true,
  completes: 'daemonset',
  summary:
    'NAME, ds/NAME, daemonset NAME, daemonset.apps/NAME, or several; ds alone means all of the namespace',
}

/** How `-o` of kubectl's own printers is written here. */
export const outputFlag: FlagSpec = flag(
  'output',
  'FORMAT',
  'Print the object: json, yaml, name, or fields of it with jsonpath=TEMPLATE',
  { short: 'o', suggests: ['json', 'yaml', 'name'] },
)

/** Flags that kubectl's printers have. */
export const printerFlags: readonly FlagSpec[] = [
  ...rare(toggle('show-managed-fields', 'Keep metadata.managedFields in json and yaml')),
  flag('template', 'TEXT', 'Template of -o jsonpath, where -o holds none', { group: 'rare' }),
  {
    group: 'ignored',
    name: 'allow-missing-template-keys',
    default: 'true',
    summary: 'Accepted for compatibility, no effect: what a template misses prints nothing',
  },
]

export const dryRunFlag: FlagSpec = flag(
  'dry-run',
  'MODE',
  'client: only say what would be done; server: let the API server check it, too',
  { bare: 'unchanged', suggests: ['none', 'client', 'server'], default: 'none' },
)

export const fieldManagerFlag: FlagSpec = flag(
  'field-manager',
  'NAME',
  'Name of the manager that the server notes for the changed fields',
  { group: 'rare', default: 'kubectl-rollout' },
)

const waitFlags: readonly FlagSpec[] = [
  toggle('wait', 'Follow the roll-out to its end, as "kds rollout status" does'),
  flag('timeout', 'DURATION', 'With --wait: how long to wait at most; 0 waits forever', { default: '0s' }),
]

export const sharedFlags: readonly FlagSpec[] = [...globalFlags, ...connectionFlags]

/** Of the commands that tell how DaemonSets are, on a cluster or in a dump. */
export const stateFlags: readonly FlagSpec[] = [
  ...targetFlags,
  allNamespacesFlag,
  ...clusterFlags,
  serverVersionFlag,
]

/** Of the commands that change DaemonSets as kubectl does; `manager`: what the server notes for the changed fields. */
export const changeFlags = (manager: string): readonly FlagSpec[] => [
  dryRunFlag,
  { ...fieldManagerFlag, default: manager },
  ...waitFlags,
  outputFlag,
  ...printerFlags,
  ...targetFlags,
]

/** What stderr may hold beside kubectl's lines. */
const hintsParagraph = `Where kubectl leaves you to guess, a line on stderr that begins with "hint:" follows the error: the namespaces that do
have such a DaemonSet, the contexts there are, the permission that is missing.`

export const exitCodes = {
  0: 'done',
  1: 'failed, or wrong usage',
  130: 'interrupted',
}

/** A command that talks to a cluster: it takes kubectl's connection flags, tells hints, and can be interrupted. */
export const clusterCommand = (
  spec: Omit<CommandSpec, 'exitCodes'> & Partial<Pick<CommandSpec, 'exitCodes'>>,
): CommandSpec => ({
  ...spec,
  description: `${spec.description}\n\n${hintsParagraph}`,
  flags: [...spec.flags, ...sharedFlags],
  exitCodes: { ...exitCodes, ...spec.exitCodes },
})
