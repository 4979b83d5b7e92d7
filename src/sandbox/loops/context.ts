import type { Registry } from '../api/registry.ts'
import { types } from '../api/resources.ts'
import type { SandboxClock } from '../clock.ts'
import type { Names } from '../names.ts'
import type { Collection } from '../store/collection.ts'
import type { StoredObject } from '../store/objects.ts'
import type { Store, StoredBudget, StoredNode, StoredPod } from '../store/store.ts'
import type { Recorder } from './recorder.ts'

/** What every loop of the simulated cluster works with. */
export interface LoopContext {
  readonly registry: Registry
  readonly store: Store
  readonly clock: SandboxClock
  readonly names: Names
  readonly recorder: Recorder
}

/** The collections by their own types: what the API has validated needs no second look. */
export const podsOf = (store: Store): Collection<StoredPod> =>
  store.collection(types.pods) as unknown as Collection<StoredPod>
export const nodesOf = (store: Store): Collection<StoredNode> =>
  store.collection(types.nodes) as unknown as Collection<StoredNode>

export const budgetsOf = (store: Store): Collection<StoredBudget> =>
  store.collection(types.podDisruptionBudgets) as unknown as Collection<StoredBudget>

/** The object with another status. */
export const withStatus = <T extends StoredObject>(object: T, status: object): T => ({ ...object, status })
