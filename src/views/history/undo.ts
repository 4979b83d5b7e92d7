/** What `kubectl rollout undo` prints when it is through. */
export type UndoOutcome =
  | { readonly kind: 'rolled-back' }
  | { readonly kind: 'skipped'; readonly revision: number }
  /** A dry run of the client: the described pod template. */
  | { readonly kind: 'would-roll-back'; readonly description: string }

type DryRun = 'none' | 'client' | 'server'

const suffixes: Readonly<Record<DryRun, string>> = {
  none: '',
  client: ' (dry run)',
  server: ' (server dry run)',
}

/** kubectl's line (or, for a dry run of the client, lines) about an undo, with its newline. */
export function undoText(name: string, outcome: UndoOutcome, dryRun: DryRun = 'none'): string {
  return `daemonset.apps/${name} ${operation(outcome)}${suffixes[dryRun]}\n`
}

/** kubectl's line about a restart, with its newline. */
export function restartText(name: string, dryRun: DryRun = 'none'): string {
  return `daemonset.apps/${name} restarted${suffixes[dryRun]}\n`
}

function operation(outcome: UndoOutcome): string {
  switch (outcome.kind) {
    case 'rolled-back':
      return 'rolled back'
    case 'skipped':
      return `skipped rollback (current template already matches revision ${outcome.revision})`
    case 'would-roll-back':
      return `will roll back to ${outcome.description}`
  }
}
