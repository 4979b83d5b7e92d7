import type { Cluster, ListQuery, WatchEvent } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'

type Event = WatchEvent<DaemonSet>
type Failure = { readonly type: 'FAILED'; readonly error: unknown }

interface Listener {
  readonly name: string
  readonly namespace: string
  readonly push: (event: Event | Failure) => void
}

/** Hands one watch of DaemonSets to many who each follow one of them. Nothing is asked before the first listens. */
export class SharedWatch {
  readonly #cluster: Cluster
  readonly #query: ListQuery
  readonly #listeners = new Set<Listener>()
  /** What was told before a listener came. */
  readonly #last = new Map<string, Event>()
  #synced = false
  #failure: Failure | undefined
  #begun = false

  constructor(cluster: Cluster, query: ListQuery) {
    this.#cluster = cluster
    this.#query = query
  }

  /** The events of one DaemonSet, with the SYNCED of all. Ends with the signal's reason. */
  async *follow(name: string, namespace: string, signal: AbortSignal): AsyncGenerator<Event> {
    const queue: (Event | Failure)[] = []
    let wake: () => void = () => undefined
    const listener: Listener = {
      name,
      namespace,
      push: (event) => {
        queue.push(event)
        wake()
      },
    }
    const known = this.#last.get(`${namespace}/${name}`)
    if (known) queue.push(known)
    if (this.#synced) queue.push({ type: 'SYNCED' })
    if (this.#failure) queue.push(this.#failure)
    this.#listeners.add(listener)
    const ended = () => wake()
    signal.addEventListener('abort', ended)
    try {
      if (!this.#begun) {
        this.#begun = true
        void this.#listen()
      }
      for (;;) {
        signal.throwIfAborted()
        const event = queue.shift()
        if (!event)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        else if (event.type === 'FAILED') throw event.error
        else yield event
      }
    } finally {
      signal.removeEventListener('abort', ended)
      this.#listeners.delete(listener)
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const event of this.#cluster.watch(daemonSets, this.#query)) {
        if (event.type === 'SYNCED') this.#synced = true
        else {
          const { name, namespace } = event.object.metadata ?? {}
          this.#last.set(`${namespace}/${name}`, event)
        }
        for (const listener of this.#listeners) if (isFor(event, listener)) listener.push(event)
      }
    } catch (error) {
      this.#failure = { type: 'FAILED', error }
      for (const listener of this.#listeners) listener.push(this.#failure)
    }
  }
}

const isFor = (event: Event, { name, namespace }: Listener) =>
  event.type === 'SYNCED' ||
  (event.object.metadata?.name === name && event.object.metadata?.namespace === namespace)
