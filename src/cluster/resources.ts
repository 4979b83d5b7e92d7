import type { KubeEvent } from '#kube/events.ts'
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
  /** Lists of it are asked for as a table: metadata, and the cells that `kubectl get` shows. */
  readonly asTable?: true
  /** Never set: carries the type. */
  readonly object?: T
}

const apps = { group: 'apps', version: 'v1', namespaced: true }
const core = { group: '', version: 'v1' }

export const daemonSets: Resource<DaemonSet> = { ...apps, plural: 'daemonsets', kind: 'DaemonSet' }
export const controllerRevisions: Resource<ControllerRevision> = {
  ...apps,
  plural: 'controllerrevisions',
  kind: 'ControllerRevision',
}
export const nodes: Resource<Node> = { ...core, plural: 'nodes', kind: 'Node', namespaced: false }
export const pods: Resource<Pod> = { ...core, plural: 'pods', kind: 'Pod', namespaced: true }
/**
 * A pod as its row in a table: an eighth of the object. `cells` is missing where the server knows no tables: then it is the pod
 * itself.
 */
export type PodRow = Pod & { readonly cells?: Readonly<Record<string, unknown>> }

export const podRows: Resource<PodRow> = {
  ...core,
  plural: 'pods',
  kind: 'Pod',
  namespaced: true,
  asTable: true,
}
export const events: Resource<KubeEvent> = { ...core, plural: 'events', kind: 'Event', namespaced: true }
export const namespaces: Resource<Namespace> = {
  ...core,
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
}
export const priorityClasses: Resource<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
}

export const podDisruptionBudgets: Resource<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
}

export const limitRanges: Resource = { ...core, plural: 'limitranges', kind: 'LimitRange', namespaced: true }
export const resourceQuotas: Resource = {
  ...core,
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
}
export const serviceAccounts: Resource = {
  ...core,
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
}
export const runtimeClasses: Resource = {
  group: 'node.k8s.io',
  version: 'v1',
  plural: 'runtimeclasses',
  kind: 'RuntimeClass',
  namespaced: false,
}
const metadataOnly = true
export const configMaps: Resource = {
  ...core,
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
  metadataOnly,
}
export const secrets: Resource = {
  ...core,
  plural: 'secrets',
  kind: 'Secret',
  namespaced: true,
  metadataOnly,
}
export const persistentVolumeClaims: Resource<PersistentVolumeClaim> = {
  ...core,
  plural: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
  namespaced: true,
}
export const persistentVolumes: Resource<PersistentVolume> = {
  ...core,
  plural: 'persistentvolumes',
  kind: 'PersistentVolume',
  namespaced: false,
}
const storage = { group: 'storage.k8s.io', version: 'v1', namespaced: false }
export const storageClasses: Resource<StorageClass> = {
  ...storage,
  plural: 'storageclasses',
  kind: 'StorageClass',
}
export const csiNodes: Resource<CSINode> = { ...storage, plural: 'csinodes', kind: 'CSINode' }

/** What finds an object again. */
export const nameOf = ({ metadata }: KubeObject) => ({
  name: metadata?.name ?? '',
  namespace: metadata?.namespace ?? '',
})

/** `daemonsets.apps`, `pods`: the name that errors and output use. */
export function qualifiedName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}
