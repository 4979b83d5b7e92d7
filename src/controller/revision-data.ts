/** What a ControllerRevision of a DaemonSet holds: the template, as a patch that replaces the one there is. */
import { goMapJson } from '#kube/go-text.ts'
import { objectIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'

/** The data as a value. */
export function revisionPatch(stored: JsonObject): JsonObject {
  const template = objectIn(objectIn(stored, 'spec'), 'template')
  return { spec: { template: { ...template, $patch: 'replace' } } }
}

/**
 * The exact bytes of `ControllerRevision.data` for a DaemonSet as the server stores it: with its defaults and without what Go
 * leaves out (`defaultDaemonSet`). Mirrors getPatch of pkg/controller/daemon/update.go.
 */
export function revisionData(stored: JsonObject): string {
  return goMapJson(revisionPatch(stored))
}

/**
 * Does a revision hold this DaemonSet's template? The controller compares bytes; what a client has parsed is compared by
 * content, to the same effect. Revisions that servers up to 1.33 wrote hold `creationTimestamp: null`, and never match.
 */
export function matchesRevision(stored: JsonObject, data: Json | undefined): boolean {
  return data !== undefined && goMapJson(data) === revisionData(stored)
}

/** Do two revisions hold the same template? */
export function revisionDataEqual(a: Json, b: Json): boolean {
  return goMapJson(a) === goMapJson(b)
}
