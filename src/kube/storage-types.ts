/** What kds reads of storage: see `types.ts`. */
import type { KubeObject, LabelSelector, Maybe, NodeSelector, QuantityMap } from './types.ts'

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec?: Maybe<{
    readonly accessModes?: Maybe<readonly string[]>
    readonly selector?: Maybe<LabelSelector>
    readonly resources?: Maybe<{ readonly requests?: Maybe<QuantityMap> }>
    readonly volumeName?: Maybe<string>
    readonly storageClassName?: Maybe<string>
    readonly volumeMode?: Maybe<string>
  }>
  readonly status?: Maybe<{ readonly phase?: Maybe<string> }>
}

export interface PersistentVolume extends KubeObject {
  readonly spec?: Maybe<{
    readonly accessModes?: Maybe<readonly string[]>
    readonly capacity?: Maybe<QuantityMap>
    readonly claimRef?: Maybe<{ readonly namespace?: Maybe<string>; readonly name?: Maybe<string> }>
    readonly csi?: Maybe<{ readonly driver?: Maybe<string>; readonly volumeHandle?: Maybe<string> }>
    readonly nodeAffinity?: Maybe<{ readonly required?: Maybe<NodeSelector> }>
    readonly storageClassName?: Maybe<string>
    readonly volumeMode?: Maybe<string>
  }>
  readonly status?: Maybe<{ readonly phase?: Maybe<string> }>
}

export interface StorageClass extends KubeObject {
  readonly provisioner?: Maybe<string>
  readonly volumeBindingMode?: Maybe<string>
  readonly allowedTopologies?: Maybe<
    readonly {
      readonly matchLabelExpressions?: Maybe<
        readonly { readonly key?: Maybe<string>; readonly values?: Maybe<readonly string[]> }[]
      >
    }[]
  >
}

export interface CSINode extends KubeObject {
  readonly spec?: Maybe<{
    readonly drivers?: Maybe<
      readonly {
        readonly name?: Maybe<string>
        readonly allocatable?: Maybe<{ readonly count?: Maybe<number> }>
      }[]
    >
  }>
}

/** The objects by which volumes are placed; a kind that is left out is not known. */
export interface StorageObjects {
  readonly persistentVolumeClaims?: readonly PersistentVolumeClaim[] | undefined
  readonly persistentVolumes?: readonly PersistentVolume[] | undefined
  readonly storageClasses?: readonly StorageClass[] | undefined
  readonly csiNodes?: readonly CSINode[] | undefined
}
