import { KdsError } from '#base/errors.ts'
import { admittedSpec } from '#controller/changes/plan-admission.ts'
import { type Overhead, overheadOf } from '#controller/overhead.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import type { Whole } from './whole.ts'

/** @throws KdsError for a cluster without any: there is nothing to say of it */
export function requireDaemonSets(daemonSets: readonly DaemonSet[]): void {
  if (daemonSets.length > 0) return
  throw new KdsError('no-target', 'there is no DaemonSet', {
    hint: 'a dump needs them, too: kubectl get nodes,pods,daemonsets,controllerrevisions -A -o json',
  })
}

/** What DaemonSets ask of nodes, with what admission adds to their pods: defaults of LimitRanges, overhead of RuntimeClasses. */
export function askedOverhead(
  { ask, daemonSets }: Pick<Whole, 'ask' | 'daemonSets'>,
  nodes: readonly Node[],
  options: Parameters<typeof overheadOf>[2],
): Overhead {
  const asking = daemonSets.map((daemonSet) => ({
    daemonSet,
    spec: admittedSpec(ask(daemonSet).asked) ?? daemonSet.spec?.template?.spec,
  }))
  return overheadOf(asking, nodes, options)
}
