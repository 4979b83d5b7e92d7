import { sameIgnoringNulls } from '#base/json.ts'
import { listIn, numberOrNone, objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import { timestamp } from '../timestamp.ts'
import { asJson, asStored, tidyMetadata } from './json.ts'
import type { ResourceType } from './resource-type.ts'

/** `meta/v1` DeleteOptions, as far as they matter here. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly dryRun?: boolean
}

/** What came of a deletion: done, or begun and waiting for finalizers or the pod's end. */
export interface Deletion {
  readonly object: StoredObject
  readonly done: boolean
}

/** The dependents lose their owner and stay. */
export const orphanFinalizer = 'orphan'
/** The dependents go first. */
export const foregroundFinalizer = 'foregroundDeletion'

/** The finalizers of an object about to be deleted: its own, and the one that the propagation policy asks for. */
export function finalizersFor(
  type: ResourceType,
  present: readonly string[],
  { propagationPolicy }: DeleteOptions,
): readonly string[] {
  const own = present.filter((name) => name !== orphanFinalizer && name !== foregroundFinalizer)
  const decided = own.length < present.length || !type.orphansByDefault
  const policy = propagationPolicy ?? (decided ? undefined : 'Orphan')
  if (policy === undefined) return present
  if (policy === 'Orphan') return [...own, orphanFinalizer]
  return policy === 'Foreground' ? [...own, foregroundFinalizer] : own
}

/** Seconds that a pod is given to end; other kinds go at once. */
export function graceOf(type: ResourceType, object: StoredObject, options: DeleteOptions): number {
  if (type.kind !== 'Pod') return 0
  const pod = asJson(object)
  const spec = objectIn(pod, 'spec')
  const phase = stringIn(objectIn(pod, 'status'), 'phase')
  if (!stringIn(spec, 'nodeName') || phase === 'Failed' || phase === 'Succeeded') return 0
  const grace = options.gracePeriodSeconds ?? numberOrNone(spec, 'terminationGracePeriodSeconds') ?? 30
  return Math.max(0, grace)
}

/** The object with its deletion noted; undefined if a deletion at least as quick is under way. */
export function markedDeleted(
  type: ResourceType,
  current: StoredObject,
  grace: number,
  finalizers: readonly string[],
  now: number,
): StoredObject | undefined {
  const { metadata } = current
  const pending = metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY
  if (
    metadata.deletionTimestamp &&
    grace >= pending &&
    sameIgnoringNulls(finalizers, metadata.finalizers ?? [])
  )
    return undefined
  const seconds = metadata.deletionTimestamp ? Math.min(grace, pending) : grace
  const deletionTimestamp =
    metadata.deletionTimestamp && seconds === pending
      ? metadata.deletionTimestamp
      : timestamp(now + seconds * 1000)
  const marked = {
    ...metadata,
    ...(metadata.generation ? { generation: metadata.generation + 1 } : {}),
    deletionTimestamp,
    deletionGracePeriodSeconds: type.kind === 'Namespace' ? null : seconds,
    finalizers: finalizers as unknown as string[],
  }
  const next = asStored({ ...asJson(current), metadata: tidyMetadata(marked as unknown as JsonObject) })
  return type.kind === 'Namespace' ? { ...next, status: { phase: 'Terminating' } } : next
}

/** Whether a deleted object stays for the time being: for its finalizers, its grace period, or what is in the namespace. */
export function isHeld(type: ResourceType, object: StoredObject): boolean {
  const { finalizers, deletionGracePeriodSeconds } = object.metadata
  if ((finalizers?.length ?? 0) > 0 || (deletionGracePeriodSeconds ?? 0) > 0) return true
  return type.kind === 'Namespace' && listIn(objectIn(asJson(object), 'spec'), 'finalizers').length > 0
}
