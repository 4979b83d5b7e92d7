import { compareText } from '#base/compare.ts'
import { boundAnnotation, defaultClassAnnotation } from '#kube/annotations.ts'
import { nameOf, namespaceOf } from '#kube/names.ts'
import type {
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  StorageObjects,
} from '#kube/storage-types.ts'
import type { ClaimSpec, KubeObject, Maybe, Pod } from '#kube/types.ts'

/** A claim that a pod's volume is of. */
export interface PodClaim {
  readonly name: string
  /** Undefined: there is none of that name. One that is still to be made with the pod is as it will be, without metadata. */
  readonly claim: PersistentVolumeClaim | undefined
  /** It is made with the pod: a generic ephemeral volume. */
  readonly isMade: boolean
}

/** Storage by name. */
export class Storage {
  readonly #claims: Map<string, PersistentVolumeClaim>
  readonly #volumes: Map<string, PersistentVolume>
  readonly #classes: Map<string, StorageClass>
  readonly #csiNodes: Map<string, CSINode>
  readonly #objects: StorageObjects

  constructor(objects: StorageObjects) {
    this.#objects = objects
    this.#claims = byName(objects.persistentVolumeClaims)
    this.#volumes = byName(objects.persistentVolumes)
    this.#classes = byName(objects.storageClasses)
    this.#csiNodes = byName(objects.csiNodes)
  }

  knows(kind: keyof StorageObjects): boolean {
    return this.#objects[kind] !== undefined
  }

  get volumes(): Iterable<PersistentVolume> {
    return this.#volumes.values()
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    return this.#claims.get(`${namespace}/${name}`)
  }

  volume(name: string): PersistentVolume | undefined {
    return this.#volumes.get(`/${name}`)
  }

  storageClass(name: string): StorageClass | undefined {
    return this.#classes.get(`/${name}`)
  }

  csiNode(node: string): CSINode | undefined {
    return this.#csiNodes.get(`/${node}`)
  }

  /** The claims of a pod's volumes. A pod that has no name yet has its own ones still to be made. */
  claimsOf(pod: Pod): PodClaim[] {
    const namespace = namespaceOf(pod)
    return (pod.spec?.volumes ?? []).flatMap((volume): PodClaim[] => {
      const name = volume?.persistentVolumeClaim?.claimName
      if (name) return [{ name, claim: this.claim(namespace, name), isMade: false }]
      if (!volume?.ephemeral) return []
      const own = `${nameOf(pod)}-${volume.name ?? ''}`
      const made = { spec: this.#defaulted(volume.ephemeral.volumeClaimTemplate?.spec) }
      return [{ name: own, claim: this.claim(namespace, own) ?? made, isMade: true }]
    })
  }

  /** As the admission plugin DefaultStorageClass stores a claim that names no class. */
  #defaulted(spec: Maybe<ClaimSpec>): Maybe<ClaimSpec> {
    const [youngest] = (this.#objects.storageClasses ?? [])
      .filter(({ metadata }) => metadata?.annotations?.[defaultClassAnnotation] === 'true')
      .sort(
        (one, other) =>
          compareText(createdAt(other), createdAt(one)) || compareText(nameOf(one), nameOf(other)),
      )
    return typeof spec?.storageClassName === 'string' || !youngest
      ? spec
      : { ...spec, storageClassName: nameOf(youngest) }
  }
}

const createdAt = ({ metadata }: StorageClass): string => metadata?.creationTimestamp ?? ''

const byName = <T extends KubeObject>(objects: readonly T[] | undefined): Map<string, T> =>
  new Map(objects?.map((one) => [`${namespaceOf(one)}/${nameOf(one)}`, one]))

/** `isPVCBound`: it names its volume, and binding has come to its end. */
export const isBound = (claim: PersistentVolumeClaim): boolean =>
  Boolean(claim.spec?.volumeName) && claim.metadata?.annotations?.[boundAnnotation] !== undefined
