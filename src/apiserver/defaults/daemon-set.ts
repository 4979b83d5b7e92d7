import { parseInt64 } from '#kube/int64.ts'
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { JsonObject } from '#kube/types.ts'
import { decode } from '../schema/decode.ts'
import { defaultPodSpec } from './pod-spec.ts'

/** Annotations of the days before init containers were a field: the server drops them from templates. */
const droppedAnnotations = ['containers', 'container-statuses'].flatMap((name) =>
  ['alpha', 'beta'].map((stage) => `pod.${stage}.kubernetes.io/init-${name}`),
)

function defaultUpdateStrategy(spec: JsonObject): void {
  const strategy = objectIn(spec, 'updateStrategy')
  spec.updateStrategy = strategy
  if (stringIn(strategy, 'type') === '') strategy.type = 'RollingUpdate'
  if (strategy.type !== 'RollingUpdate') return
  const rollingUpdate = objectOrNone(strategy, 'rollingUpdate') ?? {}
  strategy.rollingUpdate = rollingUpdate
  rollingUpdate.maxUnavailable ??= 1
  rollingUpdate.maxSurge ??= 0
}

function dropAnnotations(template: JsonObject): void {
  const metadata = objectIn(template, 'metadata')
  const annotations = objectOrNone(metadata, 'annotations')
  if (!annotations) return
  for (const name of droppedAnnotations) delete annotations[name]
  if (Object.keys(annotations).length === 0) delete metadata.annotations
}

function dropStopSignal(container: JsonObject): void {
  const lifecycle = objectOrNone(container, 'lifecycle')
  if (lifecycle?.stopSignal === undefined) return
  delete lifecycle.stopSignal
  if (Object.keys(lifecycle).length === 0) delete container.lifecycle
}

/**
 * Drops the fields whose feature gates are off in 1.36, as a server does on create: GenericWorkload, ClusterTrustBundleProjection,
 * PodCertificateRequest, ContainerStopSignals (pkg/api/pod DropDisabledTemplateFields).
 */
export function dropDisabledFields(podSpec: JsonObject): void {
  delete podSpec.schedulingGroup
  for (const volume of objectsIn(podSpec, 'volumes')) {
    for (const source of objectsIn(objectIn(volume, 'projected'), 'sources')) {
      delete source.clusterTrustBundle
      delete source.podCertificate
    }
  }
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsIn(podSpec, list)) dropStopSignal(container)
  }
}

function zeroStatus(): JsonObject {
  return { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
}

/**
 * On a create, the server begins the template generation at 1 and the status at zero, whatever the document says. Fields whose
 * feature gates are off stay while it is only read: they have a manager, although nobody keeps them.
 */
type WriteMode = 'create' | 'update' | 'read'

function resetForCreate(daemonSet: JsonObject): void {
  const metadata = objectIn(daemonSet, 'metadata')
  const annotations = objectIn(metadata, 'annotations')
  metadata.annotations = annotations
  const given = parseInt64(stringIn(annotations, templateGenerationAnnotation)) ?? 0
  annotations[templateGenerationAnnotation] = given >= 1 ? String(given) : '1'
  daemonSet.status = zeroStatus()
}

/**
 * Makes a decoded DaemonSet into what a server stores, in place, and returns it. Mirrors SetDefaults_DaemonSet
 * (pkg/apis/apps/v1) with all that it implies, and the strategy's PrepareForCreate.
 */
export function fillDefaults(daemonSet: JsonObject, mode: WriteMode = 'create'): JsonObject {
  const spec = objectIn(daemonSet, 'spec')
  spec.revisionHistoryLimit ??= 10
  defaultUpdateStrategy(spec)
  const template = objectIn(spec, 'template')
  dropAnnotations(template)
  const podSpec = objectIn(template, 'spec')
  defaultPodSpec(podSpec)
  if (mode !== 'read') dropDisabledFields(podSpec)
  delete objectIn(daemonSet, 'metadata').selfLink
  if (mode === 'create') resetForCreate(daemonSet)
  return daemonSet
}

/**
 * A DaemonSet as a v1.36 server holds it: decoded and written back as Go does (unknown fields, nulls and empty optional fields
 * gone, quantities canonical), with all defaults. On a create it has template generation 1 and a zero status; otherwise both
 * stay as written, and it is the caller who copies them from the stored object and raises the one when the template differs.
 *
 * What the server makes up (uid, creationTimestamp, generation, resourceVersion, managedFields, a namespace or a generated
 * name) is the caller's to set; what the document says there is kept.
 */
export function defaultDaemonSet(raw: unknown, mode: WriteMode = 'create'): JsonObject {
  return fillDefaults(decode(raw, 'DaemonSet'), mode)
}
