import { isObject, type JsonObject, sameIgnoringNulls } from '#base/json.ts'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { DaemonSet } from '#kube/types.ts'

/** A DaemonSet as it is, and as it would be stored. */
export interface Compared {
  /** Undefined: it is not there. */
  readonly before: DaemonSet | undefined
  readonly after: DaemonSet
}

const ownMetadata = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
] as const
const ownAnnotations = [lastAppliedAnnotation, templateGenerationAnnotation]

const without = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))

/** What people write of an object: without what the server, or apply itself, keeps there. */
export function written(daemonSet: DaemonSet): JsonObject {
  const { apiVersion = '', kind = '', metadata, spec } = daemonSet as JsonObject
  const kept = without(isObject(metadata) ? metadata : {}, ownMetadata)
  const annotations = without(isObject(kept.annotations) ? kept.annotations : {}, ownAnnotations)
  const { annotations: _, ...more } = kept
  return {
    apiVersion,
    kind,
    metadata: { ...(Object.keys(annotations).length > 0 ? { annotations } : {}), ...more },
    spec: spec ?? {},
  }
}

export const differs = ({ before, after }: Compared): boolean =>
  !before || !sameIgnoringNulls(written(before), written(after))
