import type { DaemonSetState } from '#controller/state/types.ts'
import type { Finding } from '#lint/types.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import type { HistoryRow } from '../history/history.ts'
import type { EventGroup } from './event-groups.ts'

/** A revision, as far as the page tells. */
export type DescribedRevision = HistoryRow & { readonly pods: NonNullable<HistoryRow['pods']> }

/** All that the page and the document of a DaemonSet are made from. */
export interface DescriptionFacts {
  readonly state: DaemonSetState
  /** Undefined: nodes may not be read. */
  readonly plan: PlacementPlan | undefined
  /** The oldest first; undefined: they may not be read. */
  readonly revisions: readonly DescribedRevision[] | undefined
  /** Undefined: they may not be read. */
  readonly events: readonly EventGroup[] | undefined
  /** The worst first. */
  readonly findings: readonly Finding[]
}
