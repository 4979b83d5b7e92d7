/** What the server makes of a Pod beyond its template's defaults. Mirrors SetDefaults_Pod and pkg/registry/core/pod. */
import { getKey, isObject, type Json } from '#base/json.ts'
import { formatQuantity, type Quantity } from '#kube/quantity.ts'
import { boolIn, numberIn, objectIn, objectOrNone, objectsIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { decode } from '../schema/decode.ts'
import { appArmorPrefix } from '../validation/annotations.ts'
import { aggregate } from '../validation/pod-resources.ts'
import { isHugePage } from '../validation/resources.ts'
import { dropDisabledFields } from './daemon-set.ts'
import { defaultPodSpec } from './pod-spec.ts'

const isPodLevel = (name: string) => name === 'cpu' || name === 'memory' || isHugePage(name)

/** Limits stand in for requests that are not given. */
function requestLimits(container: JsonObject): void {
  const resources = objectIn(container, 'resources')
  const limits = objectOrNone(resources, 'limits')
  if (limits && Object.keys(limits).length > 0)
    container.resources = { ...resources, requests: { ...limits, ...objectIn(resources, 'requests') } }
}

function exposeOnHost(container: JsonObject): void {
  for (const port of objectsIn(container, 'ports'))
    if (numberIn(port, 'hostPort') === 0) port.hostPort = numberIn(port, 'containerPort')
}

const textsOf = (amounts: ReadonlyMap<string, Quantity>, keep: (name: string) => boolean): JsonObject =>
  Object.fromEntries(
    [...amounts].filter(([name]) => keep(name)).map(([name, amount]) => [name, formatQuantity(amount)]),
  )

/** Figures for the whole pod: its limits and its containers' requests fill in what it does not request itself. */
function defaultPodResources(spec: JsonObject): void {
  const resources = objectOrNone(spec, 'resources')
  if (!resources) return
  const requests = objectIn(resources, 'requests')
  const given = objectIn(resources, 'limits')
  if (Object.keys(requests).length + Object.keys(given).length === 0) return
  const ofContainers = textsOf(
    aggregate(spec, 'limits'),
    (name) => isHugePage(name) && getKey(requests, name) === undefined,
  )
  const limits: JsonObject = { ...ofContainers, ...given }
  if (Object.keys(limits).length === 0) return
  resources.limits = limits
  const asked = textsOf(aggregate(spec, 'requests'), (name) => isPodLevel(name) && !isHugePage(name))
  const rest = Object.fromEntries(Object.entries(limits).filter(([name]) => isPodLevel(name)))
  resources.requests = { ...rest, ...asked, ...requests }
}

/**
 * A Pod as the server reads it, decoded and with its defaults, before admission looks at it. The given one stays as it is. Of
 * the metadata nothing is touched.
 */
export function defaultPod(pod: JsonObject): JsonObject {
  const spec = decode(isObject(pod.spec) ? pod.spec : {}, 'PodSpec')
  dropDisabledFields(spec)
  defaultPodSpec(spec)
  for (const list of ['containers', 'initContainers']) {
    for (const container of objectsIn(spec, list)) {
      requestLimits(container)
      if (boolIn(spec, 'hostNetwork')) exposeOnHost(container)
    }
  }
  defaultPodResources(spec)
  spec.enableServiceLinks ??= true
  return { ...pod, spec }
}

/** The AppArmor profile that an annotation names. */
export function profileOf(annotation: string): JsonObject | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const localhost = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : ''
  return localhost === '' ? undefined : { type: 'Localhost', localhostProfile: localhost }
}

/** Whether two profiles are one; the first may be none. */
export const sameProfile = (one: Json | undefined, other: JsonObject): boolean =>
  isObject(one) && one.type === other.type && one.localhostProfile === other.localhostProfile

/**
 * AppArmor profiles that annotations name become fields of their containers, in place (`applyAppArmorVersionSkew`): the last
 * that the server does to a new pod before it validates it.
 */
export function applyAppArmorAnnotations(pod: JsonObject): void {
  const annotations = objectIn(objectIn(pod, 'metadata'), 'annotations')
  const spec = objectIn(pod, 'spec')
  if (stringIn(objectIn(spec, 'os'), 'name') === 'windows') return
  const ofPod = objectOrNone(objectIn(spec, 'securityContext'), 'appArmorProfile')
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsIn(spec, list)) {
      const annotation = stringOrNone(annotations, appArmorPrefix + stringIn(container, 'name'))
      const context = objectIn(container, 'securityContext')
      const profile = annotation === undefined ? undefined : profileOf(annotation)
      if (!profile || context.appArmorProfile || sameProfile(ofPod, profile)) continue
      container.securityContext = { ...context, appArmorProfile: profile }
    }
  }
}
