import { KdsError } from '#base/errors.ts'
import { nameOf } from '#cluster/resources.ts'
import { foreignChange, isOnDelete, lastForeignManager } from '#controller/waves/decide.ts'
import type { WavesRecord } from '#controller/waves/plan.ts'
import type { DaemonSet } from '#kube/types.ts'
import { fieldManager } from './patches.ts'

/** @throws KdsError that says who has changed what */
export function refuseForeign(daemonSet: DaemonSet, record: WavesRecord): void {
  const what = foreignChange(daemonSet, record)
  if (!what) return
  const { name, namespace } = nameOf(daemonSet)
  const who = lastForeignManager(daemonSet, fieldManager)
  const by = who ? ` (${who.manager} at ${who.time})` : ''
  const comes =
    what === 'strategy'
      ? 'goes back to the old revision by the strategy that is there now'
      : isOnDelete(daemonSet)
        ? 'gives its own strategy back, which then rolls out the template that is there now'
        : 'ends the waves, and leaves the template and the strategy that are there now'
  throw new KdsError(
    'changed',
    `the ${what === 'template' ? 'pod template' : 'update strategy'} of daemonset.apps/${name} was changed by someone else${by}: the waves stop here`,
    { hint: `kds rollout waves abort ds/${name} -n ${namespace} ${comes}` },
  )
}
