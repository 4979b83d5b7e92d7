import { isObject, type JsonObject } from '#base/json.ts'
import { lastAppliedAnnotation } from '#kube/annotations.ts'
import { goMapJson } from '#kube/go-text.ts'

/** What was applied last, as it is written on an object; undefined where nothing is. */
export function lastApplied(object: JsonObject): string | undefined {
  return annotationsOf(object)[lastAppliedAnnotation]
}

/**
 * A manifest as `kubectl apply` sends it: with itself, as JSON with sorted keys, in the annotation. The manifest must name its
 * namespace already.
 *
 * Mirrors GetModifiedConfiguration of k8s.io/kubectl/pkg/util.
 */
export function modifiedConfiguration(manifest: JsonObject): JsonObject {
  const { [lastAppliedAnnotation]: _, ...annotations } = annotationsOf(manifest)
  const text = `${goMapJson(withAnnotations(manifest, annotations))}\n`
  return withAnnotations(manifest, { ...annotations, [lastAppliedAnnotation]: text })
}

/** Null is the empty text; a value that is no text leaves none, as Go's accessors have it. */
function annotationsOf({ metadata }: JsonObject): Record<string, string> {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {}
  const all = Object.entries(annotations).map(([key, value]) => [key, value ?? ''] as const)
  if (all.some(([, value]) => typeof value !== 'string')) return {}
  return Object.fromEntries(all) as Record<string, string>
}

const withAnnotations = (object: JsonObject, annotations: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(isObject(object.metadata) ? object.metadata : {}), annotations },
})
