import type { KubeObject } from '#kube/types.ts'
import type { List, WatchEvent } from './port.ts'

/** A change as a server tells it; a bookmark only carries a version. */
export interface ToldChange<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: T
}

/** As much as is kept of an object that is there, with what tells its next change from it. */
export interface Present<T> {
  readonly object: T
  readonly uid: string
  readonly version: string
}

/** @param kept As much of it as is kept. It has to tell the name. */
export const presentOf = <T extends KubeObject>(object: KubeObject, kept: T): Present<T> => ({
  object: kept,
  uid: uidOf(object),
  version: versionOf(object),
})

/**
 * The versions of the objects that a watch has told about. It makes of what a server repeats, leaves out or tells anew one
 * event for each change.
 */
export class KnownObjects<T extends KubeObject> {
  /** Where the watch goes on from. */
  version = ''
  /** By namespace and name. Thousands are kept: nothing but what tells one state of an object from the next. */
  readonly #objects = new Map<string, { readonly uid: string; readonly version: string }>()
  #type: Pick<KubeObject, 'apiVersion' | 'kind'> = {}

  /** The event to tell, or undefined for a bookmark and for what is known already. */
  take({ type, object }: ToldChange<T>): WatchEvent<T> | undefined {
    const version = versionOf(object)
    const stale = isOlder(version, this.version)
    if (version !== '' && !stale) this.version = version
    if (type === 'BOOKMARK' || stale) return undefined
    const key = keyOf(object)
    const old = this.#objects.get(key)
    const same = old?.uid === uidOf(object)
    if (type === 'DELETED') {
      if (!same) return undefined
      this.#objects.delete(key)
      return { type: 'DELETED', object }
    }
    if (same && old.version === version) return undefined
    this.#remember(key, presentOf(object, object))
    return { type: same ? 'MODIFIED' : 'ADDED', object }
  }

  /** What changed between the objects known so far and a new list of all of them. */
  *differences(list: List<Present<T>>): Generator<WatchEvent<T>> {
    const present = new Set<string>()
    this.version = list.resourceVersion
    for (const one of list.items) {
      const { object, uid, version } = one
      const key = keyOf(object)
      const old = this.#objects.get(key)
      present.add(key)
      if (old && old.uid === uid && old.version === version) continue
      if (old && old.uid !== uid) yield this.#gone(key, old)
      this.#remember(key, one)
      yield { type: old && old.uid === uid ? 'MODIFIED' : 'ADDED', object }
    }
    for (const [key, old] of this.#objects) {
      if (present.has(key)) continue
      this.#objects.delete(key)
      yield this.#gone(key, old)
    }
  }

  #remember(key: string, { object, uid, version }: Present<T>): void {
    const { apiVersion, kind } = object
    this.#type = { apiVersion, kind }
    this.#objects.set(key, { uid, version })
  }

  /** An object that went away unseen: no more of it is known than what it was called. */
  #gone(key: string, { uid, version }: { readonly uid: string; readonly version: string }): WatchEvent<T> {
    const [namespace = '', name = ''] = key.split('/')
    const metadata = { name, ...(namespace && { namespace }), uid, resourceVersion: version }
    return { type: 'DELETED', object: { ...this.#type, metadata } as T }
  }
}

const keyOf = (object: KubeObject) => `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`
const uidOf = (object: KubeObject) => object.metadata?.uid ?? ''
const versionOf = (object: KubeObject) => object.metadata?.resourceVersion ?? ''

/** Whether a version lies at or before another; versions that are no numbers cannot be compared. */
function isOlder(version: string, than: string): boolean {
  if (!/^\d+$/.test(version) || !/^\d+$/.test(than)) return false
  return version.length === than.length ? version <= than : version.length < than.length
}
