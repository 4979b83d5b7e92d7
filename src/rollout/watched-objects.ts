import { type Json, sameJson } from '#base/json.ts'
import type { Cluster, WatchQuery } from '#cluster/port.ts'
import type { Resource } from '#cluster/resources.ts'
import type { KubeObject } from '#kube/types.ts'
import { UnreadObjects } from './unread-objects.ts'

/** Objects by their names, as a watch tells of them; of each no more than is kept, and the same one for as long as that is the same. */
export class WatchedObjects<T extends KubeObject> {
  readonly #objects = new Map<string, T>()
  readonly #unread = new UnreadObjects<T>()
  #changes = 0

  /** How many changes there were. @throws as `objects` */
  get changes(): number {
    this.#readAll()
    return this.#changes
  }

  /** What was told unread is read now. @throws ApiError where that cannot be read */
  get objects(): ReadonlyMap<string, T> {
    this.#readAll()
    return this.#objects
  }

  /**
   * Keeps them up to date until what ends the watch.
   *
   * @param told is called after each change that may be one, and with `true` once those that were there at the start are known
   */
  async follow(
    cluster: Cluster,
    resource: Resource<T>,
    query: WatchQuery<T>,
    told: (synced: boolean) => void,
  ): Promise<void> {
    let synced = false
    for await (const event of cluster.watch(resource, query)) {
      if (event.type === 'SYNCED') {
        this.#changes++
        told(!synced)
        synced = true
        continue
      }
      const { object, type, unread } = event
      const name = object.metadata?.name ?? ''
      if (unread) {
        if (!this.#unread.put(name, unread)) {
          this.#readAll()
          if (!this.#unread.put(name, unread)) this.#set(name, unread.read(unread.bytes))
        }
      } else if (type === 'DELETED') this.#remove(name)
      else if (!this.#set(name, object)) continue
      told(false)
    }
  }

  #readAll(): void {
    for (const [name, object] of this.#unread.all()) this.#set(name, object)
  }

  #remove(name: string): void {
    this.#unread.drop(name)
    this.#objects.delete(name)
    this.#changes++
  }

  /** False for what it is already: a node tells every few minutes that it is alive. */
  #set(name: string, object: T): boolean {
    this.#unread.drop(name)
    if (sameJson(asJson(this.#objects.get(name)), asJson(object))) return false
    this.#objects.set(name, object)
    this.#changes++
    return true
  }
}

const asJson = (object: KubeObject | undefined) => object as unknown as Json | undefined
