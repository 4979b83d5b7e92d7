import { getOrMake } from '#base/once.ts'
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

/** What is remembered of an object. Thousands are kept: nothing but what tells one state of it from the next. */
interface Known {
  readonly uid: string
  version: string
  /** The last list that it was there in, or that came before its watch told of it. */
  list: number
}

/** Where that is kept: by its name, beside all of its namespace. */
interface Place {
  readonly beside: Map<string, Known>
  readonly name: string
  readonly namespace: string
  readonly old: Known | undefined
}

/**
 * The versions of the objects that a watch has told about. It makes of what a server repeats, leaves out or tells anew one
 * event for each change.
 */
export class KnownObjects<T extends KubeObject> {
  /** Where the watch goes on from. */
  version = ''
  /** By namespace, and there by name: a key of both would be a text more for each object, and for each event. */
  readonly #objects = new Map<string, Map<string, Known>>()
  #type: Pick<KubeObject, 'apiVersion' | 'kind'> = {}
  #lists = 0

  /** The event to tell, or undefined for a bookmark and for what is known already. */
  take({ type, object }: ToldChange<T>): WatchEvent<T> | undefined {
    const version = versionOf(object)
    const stale = isOlder(version, this.version)
    if (version !== '' && !stale) this.version = version
    if (type === 'BOOKMARK' || stale) return undefined
    const place = this.#placeOf(object)
    const { beside, name, old } = place
    const uid = uidOf(object)
    const same = old?.uid === uid
    if (type === 'DELETED') {
      if (!same) return undefined
      beside.delete(name)
      return { type: 'DELETED', object }
    }
    if (same && old.version === version) return undefined
    this.#remember(place, object, uid, version)
    return { type: same ? 'MODIFIED' : 'ADDED', object }
  }

  /** What changed between the objects known so far and a new list of all of them. */
  *differences(list: List<Present<T>>): Generator<WatchEvent<T>> {
    this.version = list.resourceVersion
    this.#lists++
    for (const { object, uid, version } of list.items) {
      const place = this.#placeOf(object)
      const { name, namespace, old } = place
      const same = old?.uid === uid
      const known = same && old.version === version
      if (old && !same) yield this.#gone(namespace, name, old)
      this.#remember(place, object, uid, version)
      if (!known) yield { type: same ? 'MODIFIED' : 'ADDED', object }
    }
    for (const [namespace, beside] of this.#objects)
      for (const [name, old] of beside) {
        if (old.list === this.#lists) continue
        beside.delete(name)
        yield this.#gone(namespace, name, old)
      }
  }

  /** What is known of an object, and where it is kept. */
  #placeOf({ metadata }: KubeObject): Place {
    const [name, namespace] = [metadata?.name ?? '', metadata?.namespace ?? '']
    const beside = getOrMake(this.#objects, namespace, () => new Map<string, Known>())
    return { beside, name, namespace, old: beside.get(name) }
  }

  /** In place where it is known: it changes several times a second, and of its former states none is worth its memory. */
  #remember({ beside, name, old }: Place, object: T, uid: string, version: string): void {
    if (old?.uid === uid) {
      old.version = version
      old.list = this.#lists
      return
    }
    const { apiVersion, kind } = object
    this.#type = { apiVersion, kind }
    beside.set(name, { uid, version, list: this.#lists })
  }

  /** An object that went away unseen: no more of it is known than what it was called. */
  #gone(namespace: string, name: string, { uid, version }: Known): WatchEvent<T> {
    const metadata = { name, ...(namespace && { namespace }), uid, resourceVersion: version }
    return { type: 'DELETED', object: { ...this.#type, metadata } as T }
  }
}

const uidOf = (object: KubeObject) => object.metadata?.uid ?? ''
const versionOf = (object: KubeObject) => object.metadata?.resourceVersion ?? ''

/** Whether a version lies at or before another; versions that are no numbers cannot be compared. */
function isOlder(version: string, than: string): boolean {
  if (!/^\d+$/.test(version) || !/^\d+$/.test(than)) return false
  return version.length === than.length ? version <= than : version.length < than.length
}
