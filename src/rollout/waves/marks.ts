import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import { foreignChange, isOnDelete } from '#controller/waves/decide.ts'
import type { WavesRecord, WavesState } from '#controller/waves/plan.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { mayBeDone } from '../uncertain-write.ts'
import { refuseForeign } from './foreign.ts'
import type { Clock } from './lease.ts'
import { abortPatch, endPatch, fieldManager, finishPatch, letGoPatch, statePatch } from './patches.ts'
import { oldRevision, tidyRevisions } from './revisions.ts'

/*
 * What is said to a roll-out in waves from outside: who carries it on sees it in the annotations, at once where it is at work.
 */

type Name = { readonly name: string; readonly namespace: string }

export interface MarkOptions extends CallOptions {
  readonly clock: Clock
}

/** How often a mark is written while others write, or the server fails. */
const attempts = 8

export const noWavesThere = ({ name, namespace }: Name) =>
  new KdsError('no-waves', `daemonset.apps/${name} is not being rolled out in waves`, {
    hint: `kds rollout waves ds/${name} -n ${namespace} --set-image CONTAINER=IMAGE begins it`,
  })

/**
 * Writes what `change` makes of the present state, again where somebody else has written meanwhile, and until it is known to be
 * written. Undefined from `change`: it is so already.
 */
async function mark(
  cluster: Cluster,
  name: Name,
  { clock, signal }: MarkOptions,
  change: (
    daemonSet: DaemonSet,
    record: WavesRecord,
  ) => Promise<JsonObject | undefined> | JsonObject | undefined,
): Promise<DaemonSet> {
  for (let attempt = 1, maybeWritten = false; ; attempt++) {
    const now = await cluster.get(daemonSets, name, { signal })
    const record = wavesRecord(now)
    if (!record && maybeWritten) return now
    if (!record) throw noWavesThere(name)
    const body = await change(now, record)
    if (!body) return now
    try {
      return await cluster.patch(daemonSets, name, { type: 'strategic', body }, { fieldManager, signal })
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.status === 409 || mayBeDone(error))) throw error
      if (attempt >= attempts || error.code === 'Unexpected') throw error
      maybeWritten ||= mayBeDone(error)
      await clock.sleep(100 * attempt, signal)
    }
  }
}

const notAborting = ({ state }: WavesRecord, name: Name, verb: string) => {
  if (state.phase !== 'aborting') return
  throw new KdsError(
    'aborting',
    `daemonset.apps/${name.name} goes back to the old revision: it cannot be ${verb}`,
    {
      hint: `kds rollout waves resume ds/${name.name} -n ${name.namespace} carries that on`,
    },
  )
}

const changed = (daemonSet: DaemonSet, record: WavesRecord, change: Partial<WavesState>) =>
  statePatch(daemonSet, { ...record.state, ...change })

/** Lets a roll-out stand still: nothing more is evicted. Pods on new nodes come up with the new revision all the same. */
export const pauseWaves = (cluster: Cluster, name: Name, why: string, options: MarkOptions) =>
  mark(cluster, name, options, (daemonSet, record) => {
    notAborting(record, name, 'paused')
    return record.state.paused === undefined ? changed(daemonSet, record, { paused: why }) : undefined
  })

/** Lets it go on where somebody is at work on it. */
export const unpauseWaves = (cluster: Cluster, name: Name, options: MarkOptions) =>
  mark(cluster, name, options, (daemonSet, record) =>
    record.state.paused === undefined ? undefined : changed(daemonSet, record, { paused: undefined }),
  )

/** Skips the rest of the bake and the gates of the present wave. */
export const promoteWave = (cluster: Cluster, name: Name, options: MarkOptions) =>
  mark(cluster, name, options, (daemonSet, record) => {
    notAborting(record, name, 'promoted')
    refuseForeign(daemonSet, record)
    const { paused, promoted } = record.state
    const change = { promoted: true, paused: undefined } as const
    return promoted && paused === undefined ? undefined : changed(daemonSet, record, change)
  })

/** Ends the waves: the DaemonSet's own strategy does the rest. @throws KdsError where that would leave the rest as it is */
export const promoteAll = (cluster: Cluster, name: Name, options: MarkOptions) =>
  mark(cluster, name, options, async (daemonSet, record) => {
    notAborting(record, name, 'promoted')
    refuseForeign(daemonSet, record)
    if (record.strategy.type === 'OnDelete')
      throw new KdsError(
        'on-delete',
        `daemonset.apps/${name.name} itself has the strategy OnDelete, which replaces no pod`,
        {
          hint: 'without --all the waves go on to their end',
        },
      )
    await tidyRevisions(cluster, daemonSet, options)
    return finishPatch(daemonSet, record)
  })

/** What an abort has done so far. */
export type Aborted =
  /** The old template is back; the touched nodes are to follow. */
  | 'going-back'
  /** Somebody else's template stands there, and was left; the strategy is back. */
  | 'template-left'
  /** Somebody else's template and strategy stand there, and were left. */
  | 'both-left'
  /** Somebody else's strategy stands there and takes the nodes back to the old template. */
  | 'strategy-left'

/** Turns a roll-out round: the old template comes back in one write. */
export async function abortWaves(
  cluster: Cluster,
  name: Name,
  options: MarkOptions,
): Promise<{ readonly daemonSet: DaemonSet; readonly done: Aborted }> {
  let done: Aborted = 'going-back'
  const turned = await mark(cluster, name, options, async (daemonSet, record) => {
    const { plan, state } = record
    const foreign = foreignChange(daemonSet, record)
    if (foreign !== undefined) await tidyRevisions(cluster, daemonSet, options)
    if (foreign === 'template') {
      const own = isOnDelete(daemonSet)
      done = own ? 'template-left' : 'both-left'
      return own ? finishPatch(daemonSet, record) : endPatch(daemonSet)
    }
    done = foreign === undefined ? 'going-back' : 'strategy-left'
    if (foreign === undefined && state.phase === 'aborting') return undefined
    const revision = await oldRevision(cluster, daemonSet, plan, options)
    if (foreign === 'strategy') return letGoPatch(daemonSet, record, revision)
    return abortPatch(daemonSet, record, revision, options.clock.now(), '')
  })
  return { daemonSet: turned, done }
}

/** Lets go of the lease, so that another can take it at once. Nothing depends on it. */
export async function releaseLease(
  cluster: Cluster,
  name: Name,
  holder: string,
  options: MarkOptions,
): Promise<void> {
  await mark(cluster, name, options, (daemonSet, record) =>
    record.state.lease?.holder === holder ? changed(daemonSet, record, { lease: undefined }) : undefined,
  )
}
