import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import { formatTime } from '#kube/duration.ts'
import type { DaemonSet } from '#kube/types.ts'

export const restartedAtAnnotation = 'kubectl.kubernetes.io/restartedAt'

export interface RestartOptions extends CallOptions {
  /** Milliseconds since the epoch: the time to write. */
  readonly now: number
  /** Minutes that the local clock is ahead of UTC. */
  readonly offsetMinutes: number
  readonly dryRun?: boolean
  readonly fieldManager?: string
}

/** The DaemonSet with the annotation that makes all its pods new. @throws KdsError within the second of the last restart. */
export function restarted(daemonSet: DaemonSet, { now, offsetMinutes }: RestartOptions): DaemonSet {
  const time = formatTime(now, offsetMinutes)
  const template = daemonSet.spec?.template
  const annotations = template?.metadata?.annotations ?? {}
  if (annotations[restartedAtAnnotation] === time)
    throw new KdsError(
      'too-soon',
      `failed to create patch for ${daemonSet.metadata?.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
    )
  return {
    ...daemonSet,
    spec: {
      ...daemonSet.spec,
      template: {
        ...template,
        metadata: { ...template?.metadata, annotations: { ...annotations, [restartedAtAnnotation]: time } },
      },
    },
  }
}

/** Restarts a DaemonSet as kubectl does. An answer that got lost is looked up, so that nothing restarts twice. */
export async function restart(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: RestartOptions,
): Promise<DaemonSet> {
  const { signal, dryRun, fieldManager = 'kubectl-rollout' } = options
  const { annotations } = restarted(daemonSet, options).spec?.template?.metadata ?? {}
  const time = annotations?.[restartedAtAnnotation] ?? ''
  const name = { name: daemonSet.metadata?.name ?? '', namespace: daemonSet.metadata?.namespace ?? '' }
  const body = { spec: { template: { metadata: { annotations: { [restartedAtAnnotation]: time } } } } }
  const call = signal ? { signal } : {}
  try {
    return await cluster.patch(
      daemonSets,
      name,
      { type: 'strategic', body },
      { fieldManager, ...(dryRun ? { dryRun } : {}), ...call },
    )
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.ambiguous && !dryRun) {
      const now = await cluster.get(daemonSets, name, call)
      if (now.spec?.template?.metadata?.annotations?.[restartedAtAnnotation] === time) return now
    }
    if (error.serverMessage === '') throw error
    throw new KdsError(error.code, `failed to patch: ${error.serverMessage}`, { cause: error })
  }
}
