import type { Location } from '#base/errors.ts'
import { oneOfEquals } from '#base/sharing.ts'
import { controllerOf } from '#kube/owners.ts'
import type { KubeObject, Pod } from '#kube/types.ts'
import { ifReadable } from '../found.ts'
import { neededOfPod, podFields, stateNodes } from '../needed.ts'
import type { Cluster } from '../port.ts'
import {
  controllerRevisions,
  daemonSets,
  limitRanges,
  namespaces,
  nodes,
  pods,
  priorityClasses,
  type Resource,
  resourceQuotas,
  runtimeClasses,
} from '../resources.ts'
import { readDisruptionBudgets } from './from-cluster.ts'
import { readStorage, usesStorage } from './storage.ts'
import type { ClusterSnapshot } from './types.ts'

const noPlace: Location = { file: 'cluster', line: 1, column: 1 }

/** As much of each pod as matters, with its tolerations: whoever taints a node wants to know who is evicted. */
function keeper(withVolumes: boolean): (pod: Pod) => Pod | undefined {
  const shared = oneOfEquals()
  const tolerations = oneOfEquals()
  return (pod) => {
    const needed = neededOfPod(pod, controllerOf(pod)?.kind === 'DaemonSet')
    if (!needed) return undefined
    const { nodeName, ...spec } = needed.spec ?? {}
    const common = shared({
      ...spec,
      tolerations: tolerations(pod.spec?.tolerations),
      ...(withVolumes && { volumes: pod.spec?.volumes }),
    })
    return { ...needed, spec: nodeName ? { ...common, nodeName } : common }
  }
}

/**
 * The whole of a cluster as far as the models look at it, as a dump of it would hold it: what becomes of all DaemonSets needs
 * all nodes and pods. Nothing is known of kinds that may not be read, but of nodes, pods and DaemonSets.
 *
 * @param withPods False: for what rests on nodes and templates alone; pods, revisions and budgets are left out.
 * @throws ApiError when one of those may not be read
 */
export async function readWholeCluster(
  cluster: Cluster,
  withPods: boolean,
  signal: AbortSignal,
): Promise<ClusterSnapshot> {
  const all = async <T extends KubeObject>(resource: Resource<T>): Promise<readonly T[]> =>
    (await ifReadable(cluster.list(resource, { signal })))?.items ?? []
  const readingSets = cluster.list(daemonSets, { signal })
  const usesVolumes = withPods
    ? readingSets.then(({ items }) => items.some(usesStorage))
    : Promise.resolve(false)
  const readPods = async (): Promise<{ readonly items: readonly (Pod | undefined)[] }> => {
    if (!withPods) return { items: [] }
    const withVolumes = await usesVolumes
    const fields = withVolumes ? {} : { fields: podFields('tolerations') }
    return cluster.list(pods, { signal, keep: keeper(withVolumes), ...fields })
  }
  const [sets, nodeList, podList, storage, disruptionBudgets, revisions, homes, classes, ...around] =
    await Promise.all([
      readingSets,
      cluster.list(nodes, { signal, ...stateNodes }),
      readPods(),
      usesVolumes.then((used) => (used ? readStorage(cluster, signal) : {})),
      withPods ? readDisruptionBudgets(cluster, signal) : undefined,
      withPods ? all(controllerRevisions) : [],
      all(namespaces),
      all(priorityClasses),
      all(limitRanges),
      all(resourceQuotas),
      all(runtimeClasses),
    ])
  return {
    nodes: nodeList.items,
    pods: podList.items.filter((pod) => pod !== undefined),
    daemonSets: sets.items,
    revisions,
    namespaces: homes,
    priorityClasses: classes,
    disruptionBudgets,
    storage,
    surroundings: withKinds(around),
    events: [],
    skipped: [],
    diagnostics: [],
    describe: () => noPlace,
    locate: () => noPlace,
  }
}

/** Items of a list do not name their kind. */
const withKinds = ([
  limits = [],
  quotas = [],
  runtimes = [],
]: readonly (readonly KubeObject[])[]): KubeObject[] => [
  ...limits.map((one) => ({ ...one, apiVersion: 'v1', kind: limitRanges.kind })),
  ...quotas.map((one) => ({ ...one, apiVersion: 'v1', kind: resourceQuotas.kind })),
  ...runtimes.map((one) => ({ ...one, apiVersion: 'node.k8s.io/v1', kind: runtimeClasses.kind })),
]
