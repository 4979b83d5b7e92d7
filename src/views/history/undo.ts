import { type DryRun, doneText } from '../done.ts'

/** What `kubectl rollout undo` prints when it is through. */
export type UndoOutcome =
  | { readonly kind: 'rolled-back' }
  | { readonly kind: 'skipped'; readonly revision: number }
  /** A dry run of the client: the described pod template. */
  | { readonly kind: 'would-roll-back'; readonly description: string }

/** kubectl's line (or, for a dry run of the client, lines) about an undo, with its newline. */
export function undoText(name: string, outcome: UndoOutcome, dryRun: DryRun = 'none'): string {
  return doneText(name, operation(outcome), dryRun)
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
