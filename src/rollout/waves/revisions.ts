import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { controllerRevisions, nameOf } from '#cluster/resources.ts'
import { hashLabel } from '#controller/daemon-pod.ts'
import { noWaves } from '#controller/waves/annotations.ts'
import type { WavesPlan } from '#controller/waves/plan.ts'
import type { ControllerRevision, DaemonSet } from '#kube/types.ts'
import { historyOf, isTemplateOf } from '../history.ts'
import { changeCauseAnnotation, isOwnedBy, ownQuery } from '../own.ts'

const ownRevisions = async (
  cluster: Cluster,
  daemonSet: DaemonSet,
  call: CallOptions,
): Promise<ControllerRevision[]> => {
  const { items } = await cluster.list(controllerRevisions, { ...call, ...ownQuery(daemonSet) })
  return items.filter((one) => isOwnedBy(one, daemonSet))
}

/** The hash of the revision of the DaemonSet's template; undefined while its controller has not taken that up. */
export async function targetHash(
  cluster: Cluster,
  daemonSet: DaemonSet,
  call: CallOptions,
): Promise<string | undefined> {
  const { metadata, status } = daemonSet
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return undefined
  const history = historyOf(daemonSet, await ownRevisions(cluster, daemonSet, call))
  return history.find((one) => one.current)?.hash
}

/** The revision to go back to. @throws KdsError where the controller has removed it */
export async function oldRevision(
  cluster: Cluster,
  daemonSet: DaemonSet,
  { from }: WavesPlan,
  call: CallOptions,
): Promise<ControllerRevision> {
  const all = await ownRevisions(cluster, daemonSet, call)
  const found = all.find((one) => one.metadata?.labels?.[hashLabel] === from.hash)
  if (found?.data) return found
  const { name, namespace } = nameOf(daemonSet)
  throw new KdsError('no-revision', `the revision to go back to (hash ${from.hash}) is there no more`, {
    hint: `kds rollout history ds/${name} -n ${namespace} shows what is left; promote --all ends the waves as they are`,
  })
}

/**
 * Takes the annotations of waves off revisions: their controller copies those of the DaemonSet into each that it makes. The
 * revision of the template gets the DaemonSet's change cause, which one that came back did not. Answers why it could not be
 * done, which is no reason to stop.
 */
export async function tidyRevisions(
  cluster: Cluster,
  daemonSet: DaemonSet,
  call: CallOptions,
): Promise<string | undefined> {
  try {
    const cause = daemonSet.metadata?.annotations?.[changeCauseAnnotation] ?? undefined
    for (const one of await ownRevisions(cluster, daemonSet, call)) {
      const has = one.metadata?.annotations ?? {}
      const marked = Object.keys(noWaves).some((key) => has[key] !== undefined)
      const stale =
        cause !== undefined && has[changeCauseAnnotation] !== cause && isTemplateOf(daemonSet, one)
      if (!marked && !stale) continue
      const annotations = { ...noWaves, ...(stale ? { [changeCauseAnnotation]: cause } : {}) }
      await cluster.patch(
        controllerRevisions,
        nameOf(one),
        { type: 'merge', body: { metadata: { annotations } } },
        call,
      )
    }
    return undefined
  } catch (error) {
    if (error instanceof ApiError) return error.serverMessage || error.message
    throw error
  }
}
