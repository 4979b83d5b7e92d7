import { KdsError } from '#base/errors.ts'
import { isObject, type JsonObject } from '#base/json.ts'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet } from '#kube/types.ts'
import { presentDaemonSet } from '../defaults/stored.ts'
import { lastApplied, modifiedConfiguration } from './last-applied.ts'
import { PatchError } from './patch-error.ts'
import { applyStrategicPatch } from './strategic-patch.ts'
import { threeWayPatch } from './three-way-patch.ts'

/** Changes that somebody else made since it was applied last, and that the patch would undo. */
export class OverwriteConflict extends KdsError {
  readonly patch: JsonObject
  readonly changed: JsonObject

  constructor(patch: JsonObject, changed: JsonObject) {
    super('conflict', 'it was changed since it was applied last, and the manifest says otherwise', {
      hint: 'look at the changes with kds diff; without --overwrite=false the manifest wins',
    })
    this.patch = patch
    this.changed = changed
  }
}

/**
 * A manifest as it would be stored once `kubectl apply` has merged it into the DaemonSet that is there: what others have set
 * since and it does not name stays (the moment of a restart, for one). In `namespace` where they name none.
 *
 * @throws KdsError where no patch can be made
 */
export function appliedDaemonSet(manifest: DaemonSet, current: DaemonSet, namespace: string): DaemonSet {
  const named = asAppsV1(manifest)
  const metadata = { ...named.metadata, namespace: named.metadata?.namespace || namespace }
  const state = presentDaemonSet(current, namespace)
  const patch = patchFor(state, modifiedConfiguration({ ...named, metadata } as JsonObject))
  return presentDaemonSet(patched(state, patch), namespace)
}

/** The object as a patch leaves it, before the server fills in defaults. @throws KdsError where it cannot be applied */
export const patched = (state: DaemonSet, patch: JsonObject): DaemonSet =>
  told(() => applyStrategicPatch(state as JsonObject, patch, 'DaemonSet') as DaemonSet)

/** The patch that kubectl would send. @throws OverwriteConflict, or KdsError where none can be made. */
export function patchFor(state: DaemonSet, modified: JsonObject, overwrite = true): JsonObject {
  const current = state as JsonObject
  const original = originalOf(current)
  const made = told(() => threeWayPatch({ original, modified, current }, 'DaemonSet', overwrite))
  if ('patch' in made) return made.patch
  throw new OverwriteConflict(made.conflicting.patch, made.conflicting.changed)
}

function originalOf(current: JsonObject): JsonObject {
  const text = lastApplied(current)
  try {
    const original: unknown = text ? JSON.parse(text) : {}
    if (original === null) return {}
    if (isObject(original)) return original
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const { name, namespace } = (current as DaemonSet).metadata ?? {}
  throw new KdsError(
    'bad-annotation',
    `the annotation ${lastAppliedAnnotation} of daemonset ${name} is not a JSON document`,
    {
      hint: `remove it: kubectl annotate ds/${name} -n ${namespace} ${lastAppliedAnnotation}-`,
    },
  )
}

/** What a patch cannot do is the manifest's fault, or the live object's. */
function told<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof PatchError) throw new KdsError('bad-patch', error.detail, { cause: error })
    throw error
  }
}
