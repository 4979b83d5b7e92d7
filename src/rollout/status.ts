import { KdsError } from '#base/errors.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import { type Judgement, judgeRollout } from '#controller/rollout-status.ts'
import type { Health } from '#controller/state/types.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory, revisionsHint, rolledOut } from './history.ts'
import type { SharedWatch } from './shared-watch.ts'

export interface FollowOptions extends CallOptions {
  readonly clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> }
  /** False looks once. */
  readonly watch?: boolean
  /** Milliseconds; 0 or absent waits for ever. */
  readonly timeout?: number
  /** Only this revision will do: the roll-out of another one is an error. */
  readonly revision?: number
  /** The DaemonSet as it has just been read: nothing more is asked where that is the end already. */
  readonly known?: DaemonSet
  /** A watch that is shared with others; its own where there is none. */
  readonly shared?: SharedWatch | undefined
  /** Follow an OnDelete DaemonSet by its counters. */
  readonly onDelete?: boolean
}

/** One change of the DaemonSet that was followed. */
export interface StatusProgress {
  readonly daemonSet: DaemonSet
  readonly judgement: Judgement
}

/**
 * Follows a roll-out: its state now and after every change, ending when it is done (or at once without `watch`). The last
 * one given is the verdict.
 *
 * @throws KdsError when the DaemonSet is deleted, the time is up (`code` is `timeout`), the strategy has no roll-out
 *   (`unsupported`), or the roll-out moves on to another revision than the one asked for (`superseded`).
 */
export async function* followRollout(
  cluster: Cluster,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  options: FollowOptions,
): AsyncGenerator<StatusProgress> {
  const ended = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal
  const { timeout = 0 } = options
  const timeUp = new KdsError('timeout', 'timed out waiting for the condition')
  if (timeout > 0)
    options.clock.sleep(timeout, signal).then(
      () => ended.abort(timeUp),
      () => undefined,
    )
  const check = revisionCheck(cluster, options.revision, signal)
  const judged = (daemonSet: DaemonSet): StatusProgress => ({
    daemonSet,
    judgement: judgeRollout(daemonSet, { onDelete: options.onDelete ?? false }),
  })
  const isLast = ({ judgement: { state } }: StatusProgress) =>
    state === 'done' || state === 'unsupported' || options.watch === false
  try {
    const known = options.known && judged(options.known)
    if (known && isLast(known)) {
      await check(known)
      return yield known
    }
    const query = { namespace, fieldSelector: `metadata.name=${name}`, signal }
    let seen = false
    const events = options.shared?.follow(name, namespace, signal) ?? cluster.watch(daemonSets, query)
    for await (const event of events) {
      // A server that minds no field selector tells of all DaemonSets.
      if (event.type !== 'SYNCED' && !isNamed(event.object, name, namespace)) continue
      if (event.type === 'DELETED' || (event.type === 'SYNCED' && !seen))
        throw new KdsError('deleted', 'object has been deleted')
      if (event.type === 'SYNCED') continue
      seen = true
      const progress = judged(event.object)
      await check(progress)
      yield progress
      if (isLast(progress)) return
      signal.throwIfAborted()
    }
  } finally {
    ended.abort()
  }
}

function isNamed({ metadata }: DaemonSet, name: string, namespace: string): boolean {
  return metadata?.name === name && (metadata.namespace ?? namespace) === namespace
}

/** Looks at the revision once for each generation that the controller has taken up. */
function revisionCheck(cluster: Cluster, revision: number | undefined, signal: AbortSignal) {
  let checked: number | undefined
  return async ({ daemonSet, judgement }: StatusProgress): Promise<void> => {
    const generation = daemonSet.metadata?.generation ?? 0
    if (!revision || judgement.state === 'unobserved' || checked === generation) return
    const history = await loadHistory(cluster, daemonSet, { signal })
    checked = generation
    const now = rolledOut(history)?.revision
    if (now === revision) return
    const there = history.some((one) => one.revision === revision)
    throw new KdsError(
      'superseded',
      there
        ? `revision ${revision} is not the one that is rolled out: that is revision ${now}`
        : 'unable to find the specified revision',
      {
        hint:
          now === undefined
            ? revisionsHint(history)
            : `kubectl ignores --revision for DaemonSets; leave it out to wait for revision ${now}`,
      },
    )
  }
}

/** The exit code of a status under `--detailed-exitcode`. */
export function detailedExitCode(judgement: Judgement, health: Health | undefined): number {
  if (judgement.state === 'done') return judgement.desired === 0 ? 5 : 0
  if (judgement.state === 'unsupported') return 1
  return health === 'release' || health === 'admission' ? 3 : health === 'nodes' ? 4 : 2
}
