import { applyJsonPatch } from '#apiserver/patch/json-patch.ts'
import { applyMergePatch } from '#apiserver/patch/merge-patch.ts'
import { PatchError } from '#apiserver/patch/patch-error.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { isObject } from '#base/json.ts'
import { goKind, goMapJson, goPrint } from '#kube/go-text.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { badRequest, StatusError, unsupportedMediaType } from '../api/status-errors.ts'

/** Server-side apply, which is no patch by itself: see the registry. */
export const applyType = 'application/apply-patch+yaml'

const strategic = 'application/strategic-merge-patch+json'

type Patcher = (current: JsonObject, patch: Json, kind: string) => Json

const patchers: Readonly<Record<string, Patcher>> = {
  'application/json-patch+json': (current, patch) => applyJsonPatch(current, patch),
  'application/merge-patch+json': (current, patch) => {
    if (!isObject(patch))
      throw badRequest(
        `error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`,
      )
    return applyMergePatch(current, patch)
  },
  [strategic]: applyStrategicPatch,
}

/** Applies a patch; a patch that cannot be applied becomes the server's answer to it. */
export function patched(patcher: Patcher, current: JsonObject, patch: Json, kind: string): JsonObject {
  try {
    const result = patcher(current, patch, kind)
    if (isObject(result)) return result
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    throw new StatusError(error.code, error.reason, error.message, error.code === 422 ? {} : undefined)
  }
  throw badRequest(`the patched object is no ${kind}`)
}

/** How patches of a media type are applied. Throws 415 for one that is none. */
export function patcherOf(contentType: string): Patcher {
  const patcher = patchers[contentType]
  if (!patcher) throw unsupportedMediaType()
  return patcher
}

/** What is left of a strategic merge patch when a server has applied it: it takes out the lists that come with an order. */
function leftOver(patch: Json): Json {
  if (!isObject(patch)) return patch
  const ordered = Object.keys(patch).flatMap((key) => /^\$setElementOrder\/(.*)/.exec(key) ?? [])
  const kept = Object.entries(patch).filter(([key]) => key !== '$retainKeys' && !ordered.includes(key))
  return Object.fromEntries(kept.map(([key, part]) => [key, leftOver(part)]))
}

/** What a server quotes of a patch that leads to no object of its type: what is left of it, or all that it leads to. */
export const patchText = (contentType: string, patch: Json, result: JsonObject): string =>
  contentType === strategic ? goPrint(leftOver(patch)) : goMapJson(result)
