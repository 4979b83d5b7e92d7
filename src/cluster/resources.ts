import type { KubeEvent } from '#kube/events.ts'
import { pluralOf } from '#kube/plural.ts'
import type { CSINode, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#kube/storage-types.ts'
import type {
  ControllerRevision,
  DaemonSet,
  KubeObject,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
} from '#kube/types.ts'

/** A kind of object that the API serves. `T` is what its objects are read as. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  /** Its objects are read without what they hold: metadata alone. */
  readonly metadataOnly?: true
  /** Lists of it are asked for as a table: the cells that `kubectl get` shows, with metadata or without any. */
  readonly asTable?: 'metadata' | 'cells'
  /** The columns of a table that anybody looks at. */
  readonly columns?: readonly string[]
  /** Never set: carries the type. */
  readonly object?: T
}

const inNamespace = <T extends KubeObject = KubeObject>(group: string, kind: string): Resource<T> => ({
  group,
  version: 'v1',
  plural: pluralOf(kind),
  kind,
  namespaced: true,
})
const clusterWide = <T extends KubeObject = KubeObject>(group: string, kind: string): Resource<T> => ({
  ...inNamespace(group, kind),
  namespaced: false,
})

/**
 * A pod as its row in a table: an eighth of the object, and of that a tenth without metadata. `cells` is missing where the server
 * knows no tables: then it is the pod itself.
 */
export type PodRow = Pod & { readonly cells?: { readonly Restarts?: unknown } }

const rowOfPod = { ...inNamespace<PodRow>('', 'Pod'), columns: ['Restarts'] }

export const nodes = clusterWide<Node>('', 'Node')
export const pods = inNamespace<Pod>('', 'Pod')
export const podRows: Resource<PodRow> = { ...rowOfPod, asTable: 'metadata' }
export const podCells: Resource<PodRow> = { ...rowOfPod, asTable: 'cells' }
export const events = inNamespace<KubeEvent>('', 'Event')
export const namespaces = clusterWide<Namespace>('', 'Namespace')
export const limitRanges = inNamespace('', 'LimitRange')
export const resourceQuotas = inNamespace('', 'ResourceQuota')
export const serviceAccounts = inNamespace('', 'ServiceAccount')
export const configMaps: Resource = { ...inNamespace('', 'ConfigMap'), metadataOnly: true }
export const secrets: Resource = { ...inNamespace('', 'Secret'), metadataOnly: true }
export const persistentVolumeClaims = inNamespace<PersistentVolumeClaim>('', 'PersistentVolumeClaim')
export const persistentVolumes = clusterWide<PersistentVolume>('', 'PersistentVolume')
export const daemonSets = inNamespace<DaemonSet>('apps', 'DaemonSet')
export const controllerRevisions = inNamespace<ControllerRevision>('apps', 'ControllerRevision')
export const runtimeClasses = clusterWide('node.k8s.io', 'RuntimeClass')
export const podDisruptionBudgets = inNamespace<PodDisruptionBudget>('policy', 'PodDisruptionBudget')
export const priorityClasses = clusterWide<PriorityClass>('scheduling.k8s.io', 'PriorityClass')
export const storageClasses = clusterWide<StorageClass>('storage.k8s.io', 'StorageClass')
export const csiNodes = clusterWide<CSINode>('storage.k8s.io', 'CSINode')

/** What finds an object again. */
export const nameOf = ({ metadata }: KubeObject) => ({
  name: metadata?.name ?? '',
  namespace: metadata?.namespace ?? '',
})

/** `daemonsets.apps`, `pods`: the name that errors and output use. */
export function qualifiedName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}
