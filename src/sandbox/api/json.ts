import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { objectIn } from '#kube/read.ts'
import type { StoredObject } from '../store/objects.ts'

export const metadataOf = (object: JsonObject): JsonObject => objectIn(object, 'metadata')

/** The object with other metadata. */
export const withMetadata = (object: JsonObject, metadata: JsonObject): JsonObject => ({
  ...object,
  metadata,
})

/** A stored object as plain JSON; it stays unchanged all the same. */
export const asJson = (object: StoredObject): JsonObject => object as unknown as JsonObject

/** JSON whose metadata has been completed. */
export const asStored = (object: JsonObject): StoredObject => object as unknown as StoredObject

/** Metadata without what Go's encoder leaves out: null, empty texts, lists and maps. */
export function tidyMetadata(metadata: JsonObject): JsonObject {
  const tidy: JsonObject = {}
  for (const [key, value] of Object.entries(metadata)) if (!isEmpty(value)) setKey(tidy, key, value)
  return tidy
}

const isEmpty = (value: Json | undefined) =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0)
