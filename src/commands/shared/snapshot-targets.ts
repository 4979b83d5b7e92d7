import { KdsError } from '#base/errors.ts'
import { meant } from '#base/nearest.ts'
import type { ClusterSnapshot } from '#cluster/snapshot/types.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { DaemonSet } from '#kube/types.ts'
import { sampleNames } from '#views/names.ts'
import type { RequestedTargets } from './targets.ts'

/** The DaemonSets of a dump that were asked for: of all its namespaces, unless one is named. */
export function chosenFrom(
  snapshot: ClusterSnapshot,
  { request, selector }: RequestedTargets,
  namespace: string | undefined,
): { readonly daemonSets: readonly DaemonSet[]; readonly errors: readonly KdsError[] } {
  const { matches } = parseLabelSelector(selector ?? '')
  const here = snapshot.daemonSets.filter(
    ({ metadata }) => namespace === undefined || (metadata?.namespace || 'default') === namespace,
  )
  if (request.kind !== 'names')
    return { daemonSets: here.filter(({ metadata }) => matches(metadata?.labels ?? {})), errors: [] }
  const found = request.names.map((name) => here.filter(({ metadata }) => metadata?.name === name))
  return {
    daemonSets: found.flat(),
    errors: request.names
      .filter((_, at) => found[at]?.length === 0)
      .map((name) => noSuchDaemonSet(name, here)),
  }
}

function noSuchDaemonSet(name: string, there: readonly DaemonSet[]): KdsError {
  const names = there.map(({ metadata }) => metadata?.name ?? '')
  const hint = names.length === 0 ? {} : { hint: `the snapshot has ${sampleNames(names, 60)}` }
  return new KdsError('NotFound', `there is no DaemonSet "${name}" in the snapshot`, {
    ...hint,
    ...meant(name, names),
  })
}
