import { noWaves, recordAnnotations, stateAnnotation } from '#controller/waves/annotations.ts'
import type { WavesPlan, WavesRecord, WavesState } from '#controller/waves/plan.ts'
import type { ControllerRevision, DaemonSet, JsonObject } from '#kube/types.ts'
import { changeCauseAnnotation } from '../own.ts'

/*
 * The writes of a roll-out in waves, as strategic merge patches that hold for the state they were made from alone.
 */

/** Under this name the server notes what waves change. */
export const fieldManager = 'kds-rollout'

const held = ({ metadata }: DaemonSet, annotations: object): JsonObject => ({
  ...(metadata?.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
  annotations: annotations as JsonObject,
})

const onDelete = { type: 'OnDelete', rollingUpdate: null }

/** Switches to OnDelete, keeps the strategy, and changes what `change` (a strategic merge patch) changes. */
export function beginPatch(
  daemonSet: DaemonSet,
  change: JsonObject,
  record: WavesRecord,
  changeCause: string,
): JsonObject {
  const metadata = (change.metadata ?? {}) as JsonObject
  const annotations = {
    ...(metadata.annotations as JsonObject | undefined),
    ...recordAnnotations(record),
    ...(changeCause === '' ? {} : { [changeCauseAnnotation]: changeCause }),
  }
  return {
    ...change,
    metadata: { ...metadata, ...held(daemonSet, annotations) },
    spec: { ...(change.spec as JsonObject | undefined), updateStrategy: onDelete },
  }
}

/** Notes where the roll-out stands. */
export const statePatch = (daemonSet: DaemonSet, state: WavesState): JsonObject => ({
  metadata: held(daemonSet, stateAnnotation(state)),
})

/** Puts the template of a revision back, with its change cause; the touched nodes are to follow. */
export function abortPatch(
  daemonSet: DaemonSet,
  record: WavesRecord,
  revision: ControllerRevision,
  now: number,
  why: string,
): JsonObject {
  const plan: WavesPlan = {
    ...record.plan,
    templateGeneration: String(BigInt(record.plan.templateGeneration) + 1n),
  }
  const { lease } = record.state
  const state: WavesState = { wave: 0, phase: 'aborting', since: now, restarts: 0, failure: why, lease }
  const annotations = {
    ...recordAnnotations({ ...record, plan, state }),
    [changeCauseAnnotation]: record.plan.from.changeCause ?? null,
  }
  return { ...(revision.data as JsonObject), metadata: held(daemonSet, annotations) }
}

/** The strategy as it was, to the letter, and nothing of the waves. */
export const finishPatch = (daemonSet: DaemonSet, { strategy }: WavesRecord): JsonObject => ({
  metadata: held(daemonSet, noWaves),
  spec: { updateStrategy: { ...(strategy as JsonObject), $patch: 'replace' } },
})

/** Nothing of the waves, and all else as it is. */
export const endPatch = (daemonSet: DaemonSet): JsonObject => ({ metadata: held(daemonSet, noWaves) })

/** Puts the old template back and takes the waves' annotations away, with the strategy that somebody else has set. */
export const letGoPatch = (
  daemonSet: DaemonSet,
  { plan }: WavesRecord,
  revision: ControllerRevision,
): JsonObject => ({
  ...(revision.data as JsonObject),
  metadata: held(daemonSet, { ...noWaves, [changeCauseAnnotation]: plan.from.changeCause ?? null }),
})
