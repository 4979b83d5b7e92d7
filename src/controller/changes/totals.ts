/**
 * What a plan comes to, in pods. A type of `kds/placement`, too: its `placement.d.ts` holds this file.
 */
export interface PlanTotals {
  readonly add: number
  readonly replace: number
  readonly remove: number
  readonly unchanged: number
  readonly leftOver: number
  /** Of those to add or replace. */
  readonly unplaceable: number
  /** Pods of others that are evicted for them. */
  readonly evicted: number
  readonly desired: number
}
