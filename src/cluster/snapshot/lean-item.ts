import { isObject, type Json, type JsonObject } from '#base/json.ts'

/** What kubelets tell of a node that no model looks at: most of a dump of nodes. */
const unread = new Set([
  'addresses',
  'config',
  'daemonEndpoints',
  'images',
  'nodeInfo',
  'runtimeHandlers',
  'volumesAttached',
  'volumesInUse',
])

const without = (object: JsonObject, left: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !left(name)))

/**
 * An object of a dump without what nobody looks at: who manages its fields, and what a kubelet tells besides. What is no object
 * of the expected form stays as it is, to be told about.
 */
export function leanItem(item: Json): Json {
  if (!isObject(item) || !isObject(item.metadata)) return item
  const metadata = without(item.metadata, (name) => name === 'managedFields')
  if (item.kind !== 'Node' || !isObject(item.status)) return { ...item, metadata }
  return { ...item, metadata, status: without(item.status, (name) => unread.has(name)) }
}
