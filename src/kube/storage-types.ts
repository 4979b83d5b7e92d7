/** What kds reads of storage: see `types.ts`. */
import type { ClaimSpec, KubeObject, NodeSelector, QuantityMap, Wire } from './types.ts'

export type PersistentVolumeClaim = KubeObject &
  Wire<{
    spec: ClaimSpec
    status: Wire<{ phase: string }>
  }>

export type PersistentVolume = KubeObject &
  Wire<{
    spec: Wire<{
      accessModes: readonly string[]
      capacity: QuantityMap
      claimRef: Wire<{ namespace: string; name: string }>
      csi: Wire<{ driver: string; volumeHandle: string }>
      nodeAffinity: Wire<{ required: NodeSelector }>
      storageClassName: string
      volumeMode: string
    }>
    status: Wire<{ phase: string }>
  }>

export type StorageClass = KubeObject &
  Wire<{
    provisioner: string
    volumeBindingMode: string
    allowedTopologies: readonly Wire<{
      matchLabelExpressions: readonly Wire<{ key: string; values: readonly string[] }>[]
    }>[]
  }>

export type CSINode = KubeObject &
  Wire<{ spec: Wire<{ drivers: readonly Wire<{ name: string; allocatable: Wire<{ count: number }> }>[] }> }>

/** The objects by which volumes are placed; a kind that is left out is not known. */
export interface StorageObjects {
  readonly persistentVolumeClaims?: readonly PersistentVolumeClaim[] | undefined
  readonly persistentVolumes?: readonly PersistentVolume[] | undefined
  readonly storageClasses?: readonly StorageClass[] | undefined
  readonly csiNodes?: readonly CSINode[] | undefined
}
