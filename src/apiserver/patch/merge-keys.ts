/**
 * Which lists of an object a strategic merge patch merges, and by which key: the `patchStrategy` and `patchMergeKey` of
 * the Kubernetes API types (`x-kubernetes-patch-strategy` and `x-kubernetes-patch-merge-key` in their OpenAPI schema).
 * Whatever is not named here merges if it is an object and is replaced if it is a list.
 */
export interface PatchSchema {
  readonly [field: string]: FieldSchema
}

export interface FieldSchema {
  /** The key by which a list of objects merges; empty for a list of scalars that merges as a set. */
  readonly mergeKey?: string
  /** Only one of several fields may be set: a patch names those that stay (`retainKeys` of the patch strategy). */
  readonly retainKeys?: boolean
  /** The fields of the object, or of each element of the list. */
  readonly fields?: PatchSchema
  /** Set where the API holds free-form JSON that it cannot merge into. */
  readonly opaque?: boolean
}

const set: FieldSchema = { mergeKey: '' }
const by = (mergeKey: string, fields: PatchSchema = {}): FieldSchema => ({ mergeKey, fields })
const object = (fields: PatchSchema): FieldSchema => ({ fields })

const metadata = object({ finalizers: set, ownerReferences: by('uid') })

const container: PatchSchema = {
  env: by('name'),
  ports: by('containerPort'),
  volumeDevices: by('devicePath'),
  volumeMounts: by('mountPath'),
}

const podSpec: PatchSchema = {
  containers: by('name', container),
  ephemeralContainers: by('name', container),
  hostAliases: by('ip'),
  imagePullSecrets: by('name'),
  initContainers: by('name', container),
  resourceClaims: by('name'),
  schedulingGates: by('name'),
  topologySpreadConstraints: by('topologyKey'),
  volumes: {
    ...by('name', { ephemeral: object({ volumeClaimTemplate: object({ metadata }) }) }),
    retainKeys: true,
  },
}

const containerStatus: PatchSchema = {
  allocatedResourcesStatus: by('name'),
  volumeMounts: by('mountPath'),
}

const conditions = by('type')

const kinds: Readonly<Record<string, PatchSchema>> = {
  ConfigMap: { metadata },
  ControllerRevision: { metadata, data: { opaque: true } },
  DaemonSet: {
    metadata,
    spec: object({ template: object({ metadata, spec: object(podSpec) }) }),
    status: object({ conditions }),
  },
  Event: { metadata },
  Namespace: { metadata, status: object({ conditions }) },
  Node: {
    metadata,
    spec: object({ podCIDRs: set }),
    status: object({ addresses: by('type'), conditions }),
  },
  Pod: {
    metadata,
    spec: object(podSpec),
    status: object({
      conditions,
      containerStatuses: object(containerStatus),
      ephemeralContainerStatuses: object(containerStatus),
      hostIPs: by('ip'),
      initContainerStatuses: object(containerStatus),
      podIPs: by('ip'),
      resourceClaimStatuses: by('name'),
    }),
  },
  PriorityClass: { metadata },
  Secret: { metadata },
  ServiceAccount: { metadata, secrets: by('name') },
}

/** The merge keys of a kind. A kind that kds does not know has those of its metadata only. */
export function patchSchemaOf(kind: string): PatchSchema {
  return (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? { metadata }
}
