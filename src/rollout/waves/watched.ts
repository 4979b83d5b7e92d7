import { KdsError } from '#base/errors.ts'
import { stateNodes, statePods } from '#cluster/needed.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets, nodes, pods } from '#cluster/resources.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { ownQuery } from '../own.ts'
import { WatchedObjects } from '../watched-objects.ts'

type Name = { readonly name: string; readonly namespace: string }

/** A DaemonSet with its pods and all nodes, kept up to date by watches; of each no more than waves look at. */
export class Watched {
  daemonSet: DaemonSet
  readonly #pods = new WatchedObjects<Pod>()
  readonly #nodes = new WatchedObjects<Node>()
  #error: unknown
  #behind = 2
  #wake = () => {}
  #news = false

  /** Watches until the signal is aborted. */
  constructor(cluster: Cluster, daemonSet: DaemonSet, signal: AbortSignal) {
    this.daemonSet = daemonSet
    const name = { name: daemonSet.metadata?.name ?? '', namespace: daemonSet.metadata?.namespace ?? '' }
    const own = () => ({ signal: AbortSignal.any([signal]) })
    const told = (synced: boolean) => {
      if (synced) this.#behind--
      this.#tell()
    }
    const following = [
      this.#followDaemonSet(cluster, name, own()),
      this.#pods.follow(cluster, pods, { ...ownQuery(daemonSet), ...statePods, ...own() }, told),
      this.#nodes.follow(cluster, nodes, { ...stateNodes, ...own() }, told),
    ]
    for (const one of following)
      one.catch((error: unknown) => {
        this.#error ??= error
        this.#tell()
      })
  }

  get pods(): ReadonlyMap<string, Pod> {
    return this.#pods.objects
  }

  get nodes(): ReadonlyMap<string, Node> {
    return this.#nodes.objects
  }

  /** Resolves once pods and nodes are known. */
  async known(): Promise<void> {
    while (this.#behind > 0) await this.change()
  }

  /** Resolves at the next change, at once if there was one since the last call. @throws what ended a watch */
  async change(): Promise<void> {
    if (!this.#news && this.#error === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#news = false
    if (this.#error !== undefined) throw this.#error
  }

  /** Wakes who waits for a change. */
  nudge(): void {
    this.#tell()
  }

  /** Takes a state of the DaemonSet for the present one, unless a later one is known. */
  accept(daemonSet: DaemonSet): void {
    if (versionOf(daemonSet) >= versionOf(this.daemonSet)) this.daemonSet = daemonSet
  }

  #tell(): void {
    this.#news = true
    this.#wake()
  }

  async #followDaemonSet(cluster: Cluster, { name, namespace }: Name, call: CallOptions): Promise<void> {
    const query = { namespace, fieldSelector: `metadata.name=${name}`, ...call }
    let seen = false
    for await (const event of cluster.watch(daemonSets, query)) {
      if (event.type !== 'SYNCED' && event.object.metadata?.name !== name) continue
      const same = event.type !== 'SYNCED' && event.object.metadata?.uid === this.daemonSet.metadata?.uid
      if (event.type === 'DELETED' || (event.type === 'SYNCED' && !seen) || (event.type === 'ADDED' && !same))
        throw new KdsError('deleted', `daemonset.apps/${name} has been deleted`)
      if (event.type === 'SYNCED') continue
      if (event.object.metadata?.deletionTimestamp)
        throw new KdsError('deleted', `daemonset.apps/${name} is being deleted`)
      seen = true
      this.accept(event.object)
      this.#tell()
    }
  }
}

/** Versions are numbers that grow on every API server there is; what is none is taken for new. */
function versionOf({ metadata }: DaemonSet): number {
  const version = Number(metadata?.resourceVersion)
  return Number.isSafeInteger(version) ? version : Number.POSITIVE_INFINITY
}
