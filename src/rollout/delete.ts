import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import { found } from '#cluster/found.ts'
import type { CallOptions, Cluster, DeleteOptions } from '#cluster/port.ts'
import { controllerRevisions, daemonSets, nameOf, pods } from '#cluster/resources.ts'
import type { DaemonSet, KubeObject } from '#kube/types.ts'
import { isOwnedBy, ownQuery } from './own.ts'
import { carryOut } from './uncertain-write.ts'

/** How many objects a DaemonSet owns. */
export interface Owned {
  readonly pods: number
  readonly revisions: number
}

/** Counts them; undefined where the cluster does not tell. */
export async function countOwned(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: CallOptions = {},
): Promise<Owned | undefined> {
  if (!daemonSet.metadata?.uid) return undefined
  const query = {
    ...options,
    ...ownQuery(daemonSet),
    keep: (one: KubeObject) => isOwnedBy(one, daemonSet),
    fields: 'metadata { name ownerReferences }',
  }
  try {
    const [ownPods, revisions] = await Promise.all([
      cluster.list<KubeObject, boolean>(pods, query),
      cluster.list<KubeObject, boolean>(controllerRevisions, query),
    ])
    const count = ({ items }: { items: readonly boolean[] }) => items.filter(Boolean).length
    return { pods: count(ownPods), revisions: count(revisions) }
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

interface DeletingOptions extends Omit<DeleteOptions, 'uid'> {
  /** Waits before another try, ever longer; absent does not wait. */
  readonly pause?: (attempt: number) => Promise<void>
}

/**
 * Deletes a DaemonSet. A deletion whose answer got lost is looked up, and made again if it was not carried out.
 *
 * @throws ApiError in kubectl's words when the server refuses it
 */
export async function deleteDaemonSet(
  cluster: Cluster,
  daemonSet: DaemonSet,
  { pause, ...options }: DeletingOptions,
): Promise<void> {
  const { signal } = options
  const name = nameOf(daemonSet)
  const make = async () => {
    await cluster.delete(daemonSets, name, options)
    return true
  }
  if (options.dryRun) return void (await make())
  const isGone = (state: DaemonSet | undefined) =>
    state?.metadata?.uid !== daemonSet.metadata?.uid || Boolean(state?.metadata?.deletionTimestamp)
  const look = () => found(cluster, name, signal)
  const write = { daemonSet, done: 'deleted', signal, pause, make, look, isSame: () => true }
  await carryOut<DaemonSet | undefined, true>(
    { ...write, make: make as () => Promise<true>, found: (state) => (isGone(state) ? true : undefined) },
    daemonSet,
  )
}

/** Waits until a DaemonSet is gone. @throws KdsError in kubectl's words when the time is up */
export async function untilGone(
  cluster: Cluster,
  daemonSet: DaemonSet,
  {
    clock,
    signal,
    timeout,
  }: {
    readonly clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> }
    readonly signal: AbortSignal
    /** Milliseconds; 0 waits for ever. */
    readonly timeout: number
  },
): Promise<void> {
  const { name, namespace } = nameOf(daemonSet)
  const over = new AbortController()
  const ended = AbortSignal.any([signal, over.signal])
  const timeUp = new KdsError('timeout', `timed out waiting for the condition on daemonsets/${name}`)
  if (timeout > 0)
    clock.sleep(timeout, ended).then(
      () => over.abort(timeUp),
      () => undefined,
    )
  const query = { namespace, fieldSelector: `metadata.name=${name}`, signal: ended }
  let seen = false
  try {
    for await (const event of cluster.watch(daemonSets, query)) {
      if (event.type === 'SYNCED') {
        if (!seen) return
        continue
      }
      if (event.object.metadata?.name !== name) continue
      const isIt = event.object.metadata?.uid === daemonSet.metadata?.uid
      if (event.type === 'DELETED' || !isIt) return
      seen = true
    }
  } finally {
    over.abort()
  }
}
