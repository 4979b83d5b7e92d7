import { type PodReference, podReferences, type ReferencedKind } from '#kube/pod-references.ts'
import type { DaemonSet, JsonObject, KubeObject, Namespace, PriorityClass } from '#kube/types.ts'
import { ApiError } from '../api-error.ts'
import { ifReadable } from '../found.ts'
import type { Cluster } from '../port.ts'
import {
  configMaps,
  limitRanges,
  namespaces,
  priorityClasses,
  type Resource,
  resourceQuotas,
  runtimeClasses,
  secrets,
  serviceAccounts,
} from '../resources.ts'

/** What a cluster holds around the pods of a DaemonSet. Undefined: it may not be read. */
export interface AroundPods {
  /** Whose pods they are; it names its namespace. */
  readonly daemonSet: DaemonSet
  /** Null: there is no such namespace. */
  readonly namespace: Namespace | null | undefined
  readonly priorityClasses: readonly PriorityClass[] | undefined
  readonly resourceQuotas: readonly KubeObject[] | undefined
  /** What the pods need to start and the cluster does not have. */
  readonly absent: readonly PodReference[]
}

/** What the rules of admission ask for besides, where the server itself lets no pod in. Undefined: it may not be read. */
export interface ForRules {
  readonly serviceAccounts: readonly KubeObject[] | undefined
  readonly runtimeClasses: readonly KubeObject[] | undefined
  readonly limitRanges: readonly KubeObject[] | undefined
}

const referenced: Readonly<Record<ReferencedKind, Resource>> = {
  ConfigMap: configMaps,
  Secret: secrets,
}

/** Undefined for what the server does not give, whatever its reason. @throws ApiError where there is no answer at all */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof ApiError && error.status > 0 && error.status !== 401) return undefined
    throw error
  }
}

/** Null where there is no such object. */
const orNull = async <T>(reading: Promise<T>): Promise<T | null> => (await ifReadable(reading, [404])) ?? null

/** The reads of one DaemonSet's surroundings, each undefined for what may not be read. */
function readerFor(cluster: Cluster, daemonSet: DaemonSet, signal: AbortSignal) {
  const namespace = daemonSet.metadata?.namespace ?? ''
  const get = <T extends KubeObject>(resource: Resource<T>, name: string): Promise<T | null | undefined> =>
    readable(orNull(cluster.get(resource, resource.namespaced ? { name, namespace } : { name }, { signal })))
  return {
    get,
    /** The one that is named, alone in a list; an empty list where there is none. */
    alone: async <T extends KubeObject>(resource: Resource<T>, name: string | null | undefined) => {
      const found = name ? await get(resource, name) : undefined
      return found === undefined ? undefined : found === null ? [] : [found]
    },
    all: async <T extends KubeObject>(resource: Resource<T>) =>
      (await readable(cluster.list(resource, { signal, ...(resource.namespaced ? { namespace } : {}) })))
        ?.items,
  }
}

/** Reads what decides how many of a DaemonSet's pods are let in, where they go and whether they can start, all at once. */
export async function readAroundPods(
  cluster: Cluster,
  daemonSet: DaemonSet,
  signal: AbortSignal,
): Promise<AroundPods> {
  const { all, alone, get } = readerFor(cluster, daemonSet, signal)
  const spec = daemonSet.spec?.template?.spec
  const isAbsent = async (reference: PodReference) =>
    (await get(referenced[reference.kind], reference.name)) === null ? [reference] : []
  const references = podReferences((spec ?? {}) as JsonObject)
  const className = spec?.priorityClassName
  const [namespace, classes, quotas, absent] = await Promise.all([
    get(namespaces, daemonSet.metadata?.namespace ?? ''),
    className ? alone(priorityClasses, className) : all(priorityClasses),
    all(resourceQuotas),
    Promise.all(references.map(isAbsent)),
  ])
  return {
    daemonSet,
    namespace,
    priorityClasses: classes,
    resourceQuotas: quotas,
    absent: absent.flat(),
  }
}

/** Reads what else the rules need to judge a DaemonSet's pods in the server's stead, all at once. */
export async function readForRules(
  cluster: Cluster,
  daemonSet: DaemonSet,
  signal: AbortSignal,
): Promise<ForRules> {
  const { all, alone } = readerFor(cluster, daemonSet, signal)
  const spec = daemonSet.spec?.template?.spec
  const [accounts, runtimes, limits] = await Promise.all([
    alone(serviceAccounts, spec?.serviceAccountName || 'default'),
    alone(runtimeClasses, spec?.runtimeClassName),
    all(limitRanges),
  ])
  return { serviceAccounts: accounts, runtimeClasses: runtimes, limitRanges: limits }
}
