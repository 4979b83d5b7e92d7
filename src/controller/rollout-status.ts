import type { DaemonSet } from '#kube/types.ts'

/** How far a roll-out is, by the counters in the DaemonSet's status alone. */
export type Judgement =
  /** The controller has not looked at the newest spec yet. */
  | { readonly state: 'unobserved' }
  | { readonly state: 'updating'; readonly updated: number; readonly desired: number }
  | { readonly state: 'waiting'; readonly available: number; readonly desired: number }
  | { readonly state: 'done'; readonly desired: number }
  /** Not a strategy whose roll-out moves by itself. */
  | { readonly state: 'unsupported'; readonly strategy: string }

interface JudgeOptions {
  /** Judge an `OnDelete` DaemonSet by its counters too, instead of refusing as kubectl does. */
  readonly onDelete?: boolean
}

/** Judges a roll-out by kubectl's rule (DaemonSetStatusViewer): observed, then all updated, then all available. */
export function judgeRollout(daemonSet: DaemonSet, options: JudgeOptions = {}): Judgement {
  const strategy = daemonSet.spec?.updateStrategy?.type ?? ''
  if (strategy !== 'RollingUpdate' && !(options.onDelete && strategy === 'OnDelete'))
    return { state: 'unsupported', strategy }
  const status = daemonSet.status ?? {}
  if ((daemonSet.metadata?.generation ?? 0) > (status.observedGeneration ?? 0)) return { state: 'unobserved' }
  const desired = status.desiredNumberScheduled ?? 0
  const updated = status.updatedNumberScheduled ?? 0
  const available = status.numberAvailable ?? 0
  if (updated < desired) return { state: 'updating', updated, desired }
  return available < desired ? { state: 'waiting', available, desired } : { state: 'done', desired }
}
