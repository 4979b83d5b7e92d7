import { getKey, isObject, type Json, type JsonObject, readJson } from '#base/json.ts'
import { sharing } from '#base/sharing.ts'
import { boundAnnotation, defaultClassAnnotation, lastAppliedAnnotation } from '#kube/annotations.ts'
import { controllerOf } from '#kube/owners.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { DaemonSet, KubeObject, Pod } from '#kube/types.ts'
import { ApiError } from '../api-error.ts'
import { neededOfNode, neededOfPod } from '../needed.ts'
import type { Cluster } from '../port.ts'
import {
  controllerRevisions,
  csiNodes,
  daemonSets,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  priorityClasses,
  type Resource,
  resourceQuotas,
  runtimeClasses,
  serviceAccounts,
  storageClasses,
} from '../resources.ts'
import { usesStorage } from './storage.ts'

/** A lean snapshot, the kinds of which there is nothing, and what of the cluster may not be read. */
interface LeanSnapshot {
  readonly objects: readonly JsonObject[]
  readonly none: readonly string[]
  readonly unreadable: readonly string[]
}

/** Annotations that a model looks at. */
const keptAnnotations = (name: string) =>
  name === templateGenerationAnnotation ||
  name === 'kubernetes.io/change-cause' ||
  name === boundAnnotation ||
  name === defaultClassAnnotation ||
  name.startsWith('scheduler.alpha.kubernetes.io/')

function leanMetadata({ metadata }: KubeObject): JsonObject {
  const all = (metadata ?? {}) as JsonObject
  const kept = ['name', 'namespace', 'uid', 'labels', 'ownerReferences', 'creationTimestamp']
  const more = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation']
  const annotations = Object.entries(isObject(all.annotations) ? all.annotations : {}).filter(([name]) =>
    keptAnnotations(name),
  )
  const fields = [...kept, ...more].flatMap((name) => {
    const value = getKey(all, name)
    return value === undefined || value === null ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(fields),
    ...(annotations.length > 0 ? { annotations: Object.fromEntries(annotations) } : {}),
  }
}

type Keep = (object: JsonObject) => JsonObject

/** Fields beside metadata. */
const keeping =
  (...fields: readonly string[]): Keep =>
  (object) =>
    Object.fromEntries(fields.flatMap((name) => (name in object ? [[name, object[name] ?? null]] : [])))

function leanNode(object: JsonObject): JsonObject {
  const { spec, status } = neededOfNode(object as KubeObject)
  const conditions = (status?.conditions ?? []).map((one) => {
    const { lastHeartbeatTime: _, ...lasting } = one as JsonObject
    return lasting
  })
  return { spec, status: { ...status, conditions } } as JsonObject
}

function leanPod(object: JsonObject): JsonObject {
  const pod = object as Pod
  const { spec, status } = neededOfPod(pod, controllerOf(pod)?.kind === 'DaemonSet') ?? {}
  return { spec, status } as JsonObject
}

/** Takes the values of its environment out of a pod template; `owner` is the DaemonSet, `namespace/name`. */
type Hide = (template: Json | undefined, owner: string) => Json

const leanDaemonSet =
  (hide: Hide): Keep =>
  (object) => {
    const { metadata } = object as KubeObject
    const hidden = (of: Json | undefined) => {
      const spec = isObject(of) ? of : {}
      return { ...spec, template: hide(spec.template, `${metadata?.namespace}/${metadata?.name}`) }
    }
    const lean = { metadata: leanMetadata(object), spec: hidden(object.spec), status: object.status ?? {} }
    const applied = readJson(metadata?.annotations?.[lastAppliedAnnotation] ?? '')
    if (!isObject(applied)) return lean
    // What a manifest has dropped since goes when it is applied, what others have set stays: only this tells them apart.
    const text = JSON.stringify({ spec: hidden(applied.spec) })
    const annotations = {
      ...(lean.metadata.annotations as JsonObject | undefined),
      [lastAppliedAnnotation]: text,
    }
    return { ...lean, metadata: { ...lean.metadata, annotations } }
  }

const leanRevision =
  (hide: Hide): Keep =>
  (object) => {
    const { metadata } = object as KubeObject
    const owner = `${metadata?.namespace}/${controllerOf(object as KubeObject)?.name ?? ''}`
    const data = isObject(object.data) ? object.data : {}
    const spec = isObject(data.spec) ? data.spec : {}
    return {
      data: { ...data, spec: { ...spec, template: hide(spec.template, owner) } },
      revision: object.revision ?? 0,
    }
  }

const always = (hide: Hide): readonly (readonly [Resource, Keep])[] => [
  [nodes, leanNode],
  [namespaces, () => ({})],
  [priorityClasses, keeping('value', 'globalDefault', 'preemptionPolicy')],
  [runtimeClasses, keeping('handler', 'overhead', 'scheduling')],
  [daemonSets, leanDaemonSet(hide)],
  [controllerRevisions, leanRevision(hide)],
  [pods, leanPod],
  [podDisruptionBudgets, keeping('spec', 'status')],
  [limitRanges, keeping('spec')],
  [resourceQuotas, keeping('spec', 'status')],
  [serviceAccounts, () => ({})],
]

const ofStorage: readonly (readonly [Resource, Keep])[] = [
  [persistentVolumeClaims, keeping('spec', 'status')],
  [persistentVolumes, keeping('spec', 'status')],
  [storageClasses, keeping('provisioner', 'volumeBindingMode', 'allowedTopologies')],
  [csiNodes, keeping('spec')],
]

/** Without these no plan can be made. */
const wanted: readonly Resource[] = [nodes, pods, daemonSets]

/**
 * What a plan needs of a cluster and no more: no Secrets and ConfigMaps, no values of environments, no managed fields, nothing that
 * differs from one moment to the next without meaning; the same state gives the same objects in the same order.
 *
 * @throws ApiError when nodes, pods or DaemonSets may not be read
 */
export async function leanSnapshot(cluster: Cluster, hide: Hide, signal: AbortSignal): Promise<LeanSnapshot> {
  const unreadable: string[] = []
  const none: string[] = []
  const read = async ([resource, keep]: readonly [Resource, Keep]): Promise<JsonObject[]> => {
    try {
      const share = sharing(alike)
      const { items } = await cluster.list<KubeObject, JsonObject>(resource, {
        signal,
        keep: (object) => share(leanObject(object, resource, keep)),
      })
      if (items.length === 0) none.push(resource.kind)
      return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 404)) throw error
      if (wanted.includes(resource)) throw error
      if (error.status === 403) unreadable.push(resource.plural)
      return []
    }
  }
  const objects = (await Promise.all(always(hide).map(read))).flat()
  const withVolumes = objects.some((one) => one.kind === 'DaemonSet' && usesStorage(one as DaemonSet))
  const storage = withVolumes ? (await Promise.all(ofStorage.map(read))).flat() : []
  return { objects: [...objects, ...storage], none: none.sort(), unreadable }
}

function leanObject(object: KubeObject, { group, kind, version }: Resource, keep: Keep): JsonObject {
  const apiVersion = group === '' ? version : `${group}/${version}`
  const lean = { apiVersion, kind, metadata: leanMetadata(object), ...keep(object as JsonObject) }
  return JSON.parse(JSON.stringify(lean)) as JsonObject
}

/** What is mostly equal in objects of a kind. */
const alike: readonly string[] = [
  ...['labels', 'ownerReferences'].map((field) => `metadata.${field}`),
  ...['containers', 'initContainers', 'taints'].map((field) => `spec.${field}`),
  ...['allocatable', 'conditions', 'containerStatuses'].map((field) => `status.${field}`),
]

const keyOf = (object: JsonObject): string => {
  const { name = '', namespace = '' } = (object.metadata ?? {}) as { name?: string; namespace?: string }
  return `${namespace}/${name}`
}

/**
 * The same objects with other names for nodes and pods, wherever these stand. DaemonSets and namespaces keep theirs: by them a
 * manifest finds what it changes.
 */
export function* redacted(objects: readonly JsonObject[]): Generator<JsonObject> {
  const names = new Map<string, string>()
  for (const [kind, word] of [
    ['Node', 'node'],
    ['Pod', 'pod'],
  ] as const)
    for (const [at, one] of objects.filter((object) => object.kind === kind).entries())
      names.set(String((one.metadata as JsonObject).name), `${word}-${String(at + 1).padStart(5, '0')}`)
  const rename = (value: Json): Json => {
    if (typeof value === 'string') return value.replace(/[\w.-]+/g, (word) => names.get(word) ?? word)
    if (Array.isArray(value)) return value.map(rename)
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rename(part)]))
  }
  for (const { apiVersion = '', kind = '', ...more } of objects)
    yield { apiVersion, kind, ...(rename(more) as JsonObject) }
}
