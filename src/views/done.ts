import { escapeLine } from '#base/escape.ts'
import { counted } from './names.ts'

export type DryRun = 'none' | 'client' | 'server'

const suffixes: Readonly<Record<DryRun, string>> = {
  none: '',
  client: ' (dry run)',
  server: ' (server dry run)',
}

/** kubectl's line about what was done to a DaemonSet, with its newline: `daemonset.apps/agent image updated`. */
export function doneText(name: string, operation: string, dryRun: DryRun = 'none'): string {
  return `daemonset.apps/${name} ${operation}${suffixes[dryRun]}\n`
}

/** kubectl's line about a DaemonSet that was deleted, with its newline. */
export function deletedText(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { dryRun, force }: { readonly dryRun: DryRun; readonly force: boolean },
): string {
  const operation = force ? 'force deleted' : 'deleted'
  const where = ` from ${escapeLine(namespace)} namespace`
  return `daemonset.apps "${escapeLine(name)}" ${operation}${where}${suffixes[dryRun]}\n`
}

/** What goes with a DaemonSet that is deleted, or stays without it: a line. */
export function whatGoes(
  owned: { readonly pods: number; readonly revisions: number },
  orphaned: boolean,
  dryRun: boolean,
): string {
  const what = `its ${counted(owned.pods, 'pod')} and ${counted(owned.revisions, 'revision')}`
  const would = dryRun ? 'would ' : ''
  if (!orphaned) return `${what} ${would}go with it\n`
  const owner = 'without an owner, until a DaemonSet with the same selector takes them over'
  return `${what} ${would}stay, ${owner}\n`
}
