/** What of a cluster decides about the pods of a DaemonSet, taken from any list of objects. */
import type { ClusterObjects } from './cluster-objects.ts'
import type { KubeEvent } from './events.ts'
import { retiredVersions } from './retired.ts'
import type {
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  StorageObjects,
} from './storage-types.ts'
import type { KubeObject } from './types.ts'

/** Kinds of objects around a pod, with their API groups. */
const surroundingKinds = {
  LimitRange: '',
  ResourceQuota: '',
  ServiceAccount: '',
  RuntimeClass: 'node.k8s.io',
  ConfigMap: '',
  Secret: '',
  PersistentVolume: '',
  PersistentVolumeClaim: '',
  StorageClass: 'storage.k8s.io',
  CSINode: 'storage.k8s.io',
} as const

export type SurroundingKind = keyof typeof surroundingKinds

/** Budgets are undefined where nobody looked for them, and where a list holds none, which may mean as much. */
type KnownObjects = {
  readonly [K in keyof Omit<ClusterObjects, 'disruptionBudgets'>]-?: NonNullable<ClusterObjects[K]>
} & { readonly disruptionBudgets: ClusterObjects['disruptionBudgets'] }

/** Objects of a cluster by what they are, each kind in the order of the list. */
export interface SortedObjects extends KnownObjects {
  /** As far as the list holds them. */
  readonly events: readonly KubeEvent[]
  /** What decides whether pods are let in and can start: see `surroundingKinds`. ConfigMaps and Secrets by name alone. */
  readonly surroundings: readonly KubeObject[]
  /** Kinds of which it is known that there are none. */
  readonly none?: ReadonlySet<string>
}

type Collection = Exclude<keyof SortedObjects, 'none' | 'storage'>

/** A DaemonSet of the API, in its present or a retired version. */
export const isDaemonSet = ({ apiVersion, kind }: KubeObject): boolean =>
  kind === 'DaemonSet' && (apiVersion === 'apps/v1' || retiredVersions.includes(apiVersion ?? ''))

/** Which of the collections an object belongs to, by its kind and API group; undefined: none of them. */
export function collectionOf(object: KubeObject): Collection | undefined {
  const { apiVersion = '', kind = '' } = object
  const group = groupOf(apiVersion)
  if (apiVersion === 'v1' && kind === 'Node') return 'nodes'
  if (apiVersion === 'v1' && kind === 'Pod') return 'pods'
  if (isDaemonSet(object)) return 'daemonSets'
  if (group === 'apps' && kind === 'ControllerRevision') return 'revisions'
  if (group === 'scheduling.k8s.io' && kind === 'PriorityClass') return 'priorityClasses'
  if (group === 'policy' && kind === 'PodDisruptionBudget') return 'disruptionBudgets'
  if ((apiVersion === 'v1' || group === 'events.k8s.io') && kind === 'Event') return 'events'
  if (apiVersion === 'v1' && kind === 'Namespace') return 'namespaces'
  const isAround =
    Object.hasOwn(surroundingKinds, kind ?? '') && surroundingKinds[kind as SurroundingKind] === group
  return isAround ? 'surroundings' : undefined
}

function groupOf(apiVersion: string | null): string {
  const slash = (apiVersion ?? '').indexOf('/')
  return slash < 0 ? '' : (apiVersion ?? '').slice(0, slash)
}

const namedAlone = new Set(['ConfigMap', 'Secret'])

/** As much of an object around pods as is kept: what ConfigMaps and Secrets hold is nobody's business here. */
function keptSurrounding(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object
  if (!namedAlone.has(kind ?? '')) return object
  return { apiVersion, kind, metadata: { name: metadata?.name, namespace: metadata?.namespace } }
}

/**
 * Sorts objects by what they are.
 *
 * @param passedOver is told of those that no plan looks at
 * @param none Kinds of which the list says that there are none
 */
export function sortedObjects(
  objects: Iterable<KubeObject>,
  passedOver: (object: KubeObject) => void = () => {},
  none: ReadonlySet<string> = new Set(),
): SortedObjects {
  const sorted: Record<Collection, KubeObject[]> = {
    nodes: [],
    pods: [],
    daemonSets: [],
    revisions: [],
    priorityClasses: [],
    namespaces: [],
    events: [],
    disruptionBudgets: [],
    surroundings: [],
  }
  for (const object of objects) {
    const collection = collectionOf(object)
    if (collection === undefined) passedOver(object)
    else sorted[collection].push(collection === 'surroundings' ? keptSurrounding(object) : object)
  }
  return {
    ...(sorted as Omit<SortedObjects, 'storage'>),
    disruptionBudgets:
      sorted.disruptionBudgets.length > 0 || none.has('PodDisruptionBudget')
        ? sorted.disruptionBudgets
        : undefined,
    storage: storageOf(sorted.surroundings, none),
    none,
  }
}

/** Those of a list. A kind of which it holds none is not known, unless it says so: a list need not hold all. */
export function storageOf(
  objects: readonly KubeObject[],
  none: ReadonlySet<string> = new Set(),
): StorageObjects {
  const ofKind = <T extends KubeObject>(kind: string): readonly T[] | undefined => {
    const found = objects.filter((object) => object.kind === kind)
    return found.length > 0 || none.has(kind) ? (found as T[]) : undefined
  }
  return {
    persistentVolumeClaims: ofKind<PersistentVolumeClaim>('PersistentVolumeClaim'),
    persistentVolumes: ofKind<PersistentVolume>('PersistentVolume'),
    storageClasses: ofKind<StorageClass>('StorageClass'),
    csiNodes: ofKind<CSINode>('CSINode'),
  }
}
