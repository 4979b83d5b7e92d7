import { getOrMake } from '#base/once.ts'
import type { Node, Pod, PodDisruptionBudget } from '#kube/types.ts'
import { Collection } from './collection.ts'
import { keyOf, type StoredObject } from './objects.ts'

interface Named {
  readonly group: string
  readonly plural: string
}

export type StoredPod = StoredObject & Pod
export type StoredNode = StoredObject & Node
export type StoredBudget = StoredObject & PodDisruptionBudget

/** Every object of the cluster, under one line of versions. */
export class Store {
  readonly #collections = new Map<string, Collection>()
  readonly #known = new WeakMap<Named, Collection>()
  readonly #logCapacity: number
  #version = 0

  /** @param logCapacity How many changes of each resource stay replayable. */
  constructor(logCapacity = 10_000) {
    this.#logCapacity = logCapacity
  }

  /** The newest version. */
  get version(): number {
    return this.#version
  }

  collection(named: Named): Collection {
    return this.#known.get(named) ?? getOrMake(this.#known, named, () => this.#named(named))
  }

  #named({ group, plural }: Named): Collection {
    const self = this
    const counter = {
      get current() {
        return self.#version
      },
      next: () => {
        this.#version += 1
        return this.#version
      },
    }
    const name = group ? `${plural}.${group}` : plural
    return getOrMake(this.#collections, name, () => new Collection(counter, this.#logCapacity))
  }

  get(resource: Named, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.collection(resource).get(keyOf(namespace, name))
  }

  /** Forgets what happened so far: watches from before now are answered 410. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.compact()
  }

  collections(): IterableIterator<Collection> {
    return this.#collections.values()
  }
}
