import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import { restartedAtAnnotation } from '#kube/annotations.ts'
import { formatTime } from '#kube/duration.ts'
import type { DaemonSet } from '#kube/types.ts'
import { interruptible, mayBeDone, unknownOutcome } from './uncertain-write.ts'

interface RestartOptions extends CallOptions {
  /** Milliseconds since the epoch: the time to write. */
  readonly now: number
  /** Minutes that the local clock is ahead of UTC. */
  readonly offsetMinutes: number
  readonly dryRun?: boolean | undefined
  readonly fieldManager?: string | undefined
}

/** The DaemonSet with the annotation that makes all its pods new. @throws KdsError within the second of the last restart. */
export function restarted(daemonSet: DaemonSet, options: RestartOptions): DaemonSet {
  const template = daemonSet.spec?.template
  const annotations = {
    ...template?.metadata?.annotations,
    [restartedAtAnnotation]: restartTime(daemonSet, options),
  }
  return {
    ...daemonSet,
    spec: { ...daemonSet.spec, template: { ...template, metadata: { ...template?.metadata, annotations } } },
  }
}

const restartedAt = (daemonSet: DaemonSet) =>
  daemonSet.spec?.template?.metadata?.annotations?.[restartedAtAnnotation]

function restartTime(daemonSet: DaemonSet, { now, offsetMinutes }: RestartOptions): string {
  const time = formatTime(now, offsetMinutes)
  if (restartedAt(daemonSet) === time)
    throw new KdsError(
      'too-soon',
      `failed to create patch for ${nameOf(daemonSet).name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
    )
  return time
}

/**
 * Restarts a DaemonSet as kubectl does. An answer that got lost, or says nothing about what was done, is looked up, so that
 * nothing restarts twice; where that cannot be told, the error says so.
 */
export async function restart(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: RestartOptions,
): Promise<DaemonSet> {
  const { signal, dryRun, fieldManager = 'kubectl-rollout' } = options
  const time = restartTime(daemonSet, options)
  const write = { daemonSet, done: 'restarted' }
  const body = { spec: { template: { metadata: { annotations: { [restartedAtAnnotation]: time } } } } }
  try {
    const patched = cluster.patch(
      daemonSets,
      nameOf(daemonSet),
      { type: 'strategic', body },
      { fieldManager, dryRun, signal },
    )
    return await (dryRun ? patched : interruptible(write, signal, patched))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (mayBeDone(error) && !dryRun) {
      const now = await lookUp(cluster, daemonSet, signal).catch((unseen: unknown) => {
        throw unknownOutcome(write, unseen)
      })
      if (restartedAt(now) === time) return now
    }
    if (error.serverMessage === '') throw error
    throw new KdsError(error.code, `failed to patch: ${error.serverMessage}`, { cause: error })
  }
}

const lookUp = (cluster: Cluster, daemonSet: DaemonSet, signal: AbortSignal | undefined) =>
  cluster.get(daemonSets, nameOf(daemonSet), { signal })
