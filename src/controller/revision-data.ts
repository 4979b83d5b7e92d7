/** What a ControllerRevision of a DaemonSet holds: the template, as a patch that replaces the one there is. */
import { goMapJson } from '#kube/go-text.ts'
import { objectIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'

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
