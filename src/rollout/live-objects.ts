import { oneOfRecent, sharing } from '#base/sharing.ts'
import { stateNodes, statePods } from '#cluster/needed.ts'
import type { Cluster, WatchQuery } from '#cluster/port.ts'
import { nodes, pods, type Resource } from '#cluster/resources.ts'
import { type StateMemory, stateMemory } from '#controller/state/memory.ts'
import type { ControllerRevision, DaemonSet, Node, Pod } from '#kube/types.ts'
import { ownQuery } from './own.ts'
import { WatchedObjects } from './watched-objects.ts'

/** Objects that a watch keeps. */
interface Watched<T extends Node | Pod> {
  readonly told: WatchedObjects<T>
  /** Resolves once all are known. */
  readonly known: Promise<void>
  /** What ended the watch. */
  error?: unknown
}

type Revisions = Promise<readonly ControllerRevision[] | undefined>

const shareOfNode = sharing(['spec', 'status'], oneOfRecent)
const shareOfPod = sharing(
  ['metadata.labels', 'metadata.ownerReferences', 'spec.containers', 'spec.initContainers', 'status'],
  oneOfRecent,
)

/** All nodes and the pods of some DaemonSets, for one who looks again and again: each is read once, and then its changes. */
export class LiveObjects {
  readonly #cluster: Cluster
  readonly #signal: AbortSignal
  readonly #pods = new Map<string, Watched<Pod>>()
  readonly #memories = new Map<string, StateMemory>()
  readonly #revisions = new Map<string, { readonly of: number; readonly list: Revisions }>()
  readonly #lacking = new Map<string, ReadonlySet<string>>()
  #version: Promise<string | undefined> | undefined
  #nodes: Watched<Node> | undefined
  #listed: { readonly nodes: readonly Node[]; readonly changes: number } | undefined

  /** Nothing is read before it is asked for. Watches until the signal is aborted. */
  constructor(cluster: Cluster, signal: AbortSignal) {
    this.#cluster = cluster
    this.#signal = signal
  }

  /** A watch has ended: what it kept is up to date no more. */
  get failed(): boolean {
    return [this.#nodes, ...this.#pods.values()].some((one) => one?.error !== undefined)
  }

  /** @throws what ended the watch */
  async nodes(): Promise<readonly Node[]> {
    this.#nodes ??= this.#watch(nodes, { ...stateNodes, keep: (node) => shareOfNode(stateNodes.keep(node)) })
    const { changes, objects } = await upToDate(this.#nodes)
    // The same list as long as nothing changes: what is decided on it is kept.
    if (this.#listed?.changes !== changes) this.#listed = { nodes: [...objects.values()], changes }
    return this.#listed.nodes
  }

  /** The pods that the DaemonSet's selector matches. @throws what ended the watch */
  async pods(daemonSet: DaemonSet): Promise<readonly Pod[]> {
    const key = daemonSet.metadata?.uid ?? ''
    const watched =
      this.#pods.get(key) ??
      this.#watch(pods, {
        ...ownQuery(daemonSet),
        ...statePods,
        keep: (pod) => shareOfPod(statePods.keep(pod)),
      })
    this.#pods.set(key, watched)
    return [...(await upToDate(watched)).objects.values()]
  }

  /**
   * The revisions of a DaemonSet; asked for anew until its controller has seen its generation, which makes or renumbers the one of
   * its template before it says so, and after a failure. Undefined where they may not be read.
   */
  async revisions(daemonSet: DaemonSet, ask: () => Revisions): Revisions {
    const { generation = 0, uid } = daemonSet.metadata ?? {}
    const key = uid ?? ''
    const known = this.#revisions.get(key)
    if (known?.of === generation) return known.list
    const list = ask()
    if (generation !== null && daemonSet.status?.observedGeneration === generation) {
      this.#revisions.set(key, { of: generation, list })
      list.catch(() => this.#revisions.delete(key))
    }
    return list
  }

  /** Whether nodes still lack a pod of the DaemonSet that did so at the last look; at the first one nothing is known of that. */
  lackStill(daemonSet: DaemonSet, lacking: readonly string[]): boolean {
    const key = daemonSet.metadata?.uid ?? ''
    const before = this.#lacking.get(key)
    this.#lacking.set(key, new Set(lacking))
    return before === undefined || lacking.some((node) => before.has(node))
  }

  /** The version of the server, asked for until it is told. */
  version(ask: () => Promise<string | undefined>): Promise<string | undefined> {
    this.#version ??= ask()
    this.#version.catch(() => {
      this.#version = undefined
    })
    return this.#version
  }

  /** What earlier looks have made of them. */
  memory(daemonSet: DaemonSet): StateMemory {
    const key = daemonSet.metadata?.uid ?? ''
    const memory = this.#memories.get(key) ?? stateMemory()
    this.#memories.set(key, memory)
    return memory
  }

  #watch<T extends Node | Pod>(resource: Resource<T>, query: WatchQuery<T>): Watched<T> {
    const told = new WatchedObjects<T>()
    let [done, failed] = [() => {}, (_: unknown) => {}]
    const known = new Promise<void>((resolve, reject) => {
      done = resolve
      failed = reject
    })
    const watched: Watched<T> = { told, known }
    const late = { ...query, late: true, signal: this.#signal }
    told
      .follow(this.#cluster, resource, late, (synced) => synced && done())
      .catch((error: unknown) => {
        watched.error = error
        failed(error)
      })
    known.catch(() => undefined)
    return watched
  }
}

/** @throws what ended the watch, or made one of its objects unreadable: what is lost then does not come again */
async function upToDate<T extends Node | Pod>(
  watched: Watched<T>,
): Promise<Pick<WatchedObjects<T>, 'objects' | 'changes'>> {
  await watched.known
  if (watched.error !== undefined) throw watched.error
  try {
    const { changes, objects } = watched.told
    return { changes, objects }
  } catch (error) {
    watched.error = error
    throw error
  }
}
