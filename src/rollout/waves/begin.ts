import { KdsError } from '#base/errors.ts'
import { sameJson } from '#base/json.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import { isInWaves, wavesRecord } from '#controller/waves/annotations.ts'
import type { WavesRecord } from '#controller/waves/plan.ts'
import type { DaemonSet, Json, JsonObject } from '#kube/types.ts'
import { interruptible, mayBeDone, unknownOutcome } from '../uncertain-write.ts'
import { keptBy } from './kept-by.ts'
import { beginPatch, fieldManager } from './patches.ts'

/** How often the first write is made again because only the status changed meanwhile. */
const attempts = 6

/** What begins a roll-out in waves. */
export interface Beginning {
  /** As it was read. */
  readonly daemonSet: DaemonSet
  /** A strategic merge patch: the new template, and what else is applied with it. */
  readonly change: JsonObject
  readonly record: WavesRecord
  /** Empty: stays as it is. */
  readonly changeCause: string
}

export interface BeginOptions extends CallOptions {
  readonly dryRun?: boolean
  /** Waits before another try, ever longer. */
  readonly pause?: (attempt: number) => Promise<void>
}

/** @throws KdsError for a DaemonSet that cannot be rolled out in waves now. `force`: also one that a GitOps tool keeps. */
export function refuseWaves(daemonSet: DaemonSet, force: boolean): void {
  const { name, namespace } = nameOf(daemonSet)
  const target = `ds/${name} -n ${namespace}`
  if (isInWaves(daemonSet))
    throw new KdsError('in-waves', `daemonset.apps/${name} is being rolled out in waves already`, {
      hint: `kds rollout waves status ${target} shows how far; resume continues, abort goes back`,
    })
  if (daemonSet.metadata?.deletionTimestamp)
    throw new KdsError('deleted', `daemonset.apps/${name} is being deleted`)
  const keeper = force ? undefined : keptBy(daemonSet)
  if (keeper)
    throw new KdsError(
      'kept',
      `daemonset.apps/${name} is kept by ${keeper.tool} (${keeper.by}), which would put back what waves change`,
      { hint: `suspend ${keeper.tool} for it first, or continue anyway with --force` },
    )
}

/**
 * Makes the one write that begins a roll-out in waves. It holds for the state that was read: when only the status has changed
 * since, it is made again; when the spec has, nothing is written. A write whose answer got lost is looked up.
 */
export async function beginWaves(
  cluster: Cluster,
  { change, changeCause, daemonSet, record }: Beginning,
  { dryRun = false, pause, signal }: BeginOptions = {},
): Promise<DaemonSet> {
  const write = { daemonSet, done: 'changed' }
  const name = nameOf(daemonSet)
  let state = daemonSet
  for (let attempt = 1; ; attempt++) {
    try {
      const body = beginPatch(state, change, record, changeCause)
      const sent = cluster.patch(
        daemonSets,
        name,
        { type: 'strategic', body },
        { dryRun, fieldManager, signal },
      )
      return await (dryRun ? sent : interruptible(write, signal, sent))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const unclear = mayBeDone(error)
      if ((error.status !== 409 && !unclear) || dryRun) throw error
      try {
        state = await cluster.get(daemonSets, name, { signal })
      } catch (unseen) {
        throw unclear ? unknownOutcome(write, unseen) : unseen
      }
      if (isOurs(state, record)) return state
      if (!isUntouched(state, daemonSet)) throw changedMeanwhile(name.name)
      if (attempt >= attempts || error.code === 'Unexpected') throw error
      await pause?.(attempt)
    }
  }
}

const isOurs = (state: DaemonSet, { state: { lease } }: WavesRecord) =>
  isInWaves(state) && wavesRecord(state)?.state.lease?.holder === lease?.holder

const isUntouched = (now: DaemonSet, before: DaemonSet) =>
  now.metadata?.uid === before.metadata?.uid &&
  sameJson((now.spec ?? null) as Json, (before.spec ?? null) as Json) &&
  !isInWaves(now)

const changedMeanwhile = (name: string) =>
  new KdsError(
    'changed',
    `daemonsets.apps "${name}" was changed by someone else meanwhile; nothing was done`,
    {
      hint: 'look at it again, then repeat the command',
    },
  )
