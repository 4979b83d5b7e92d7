/** The defaults of a pod template. Mirrors pkg/apis/core/v1 defaults.go and the declarative defaults of the types. */
import { formatQuantity, parseQuantity, roundUpToMilli } from '#kube/quantity.ts'
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'

/** Sets what is absent or zero. */
function fill(object: JsonObject, defaults: Readonly<Record<string, Json>>): void {
  for (const [key, value] of Object.entries(defaults)) {
    const present = object[key]
    if (present === undefined || present === '' || present === 0) object[key] = value
  }
}

/** Sets what is absent or null: a pointer to a zero value stays. */
function fillPointers(object: JsonObject | undefined, defaults: Readonly<Record<string, Json>>): void {
  if (!object) return
  for (const [key, value] of Object.entries(defaults)) object[key] ??= value
}

/**
 * The pull policy of an image reference without one: Always for the tag `latest`, which a reference without tag and digest
 * has too. A reference that cannot be parsed has no tag. Mirrors pkg/util/parsers ParseImageName.
 */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const digest = image.indexOf('@')
  const name = digest < 0 ? image : image.slice(0, digest)
  const colon = name.lastIndexOf(':')
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : ''
  if (tag !== '') return tag === 'latest' && parsesAsImage(name.slice(0, colon)) ? 'Always' : 'IfNotPresent'
  return digest < 0 && parsesAsImage(name) ? 'Always' : 'IfNotPresent'
}

/** Is it a repository name by the grammar of distribution/reference? */
function parsesAsImage(name: string): boolean {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const path = isDomain ? name.slice(slash + 1) : name
  const component = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/
  return path.split('/').every((part) => component.test(part)) && !/^[a-f0-9]{64}$/.test(name)
}

/** Quantities finer than a thousandth are rounded up (SetDefaults_ResourceList). */
function roundResources(holder: JsonObject | undefined, ...keys: readonly string[]): void {
  if (!holder) return
  for (const key of keys) {
    const resources = objectOrNone(holder, key)
    if (!resources) continue
    for (const [name, quantity] of Object.entries(resources)) {
      const parsed = typeof quantity === 'string' ? parseQuantity(quantity) : undefined
      if (parsed?.ok) resources[name] = formatQuantity(roundUpToMilli(parsed.quantity))
    }
  }
}

function defaultFieldRef(holder: JsonObject): void {
  const fieldRef = objectOrNone(holder, 'fieldRef')
  if (fieldRef) fill(fieldRef, { apiVersion: 'v1' })
}

function defaultHandler(handler: JsonObject | undefined): void {
  if (!handler) return
  const httpGet = objectOrNone(handler, 'httpGet')
  if (httpGet) fill(httpGet, { path: '/', scheme: 'HTTP' })
  fillPointers(objectOrNone(handler, 'grpc'), { service: '' })
}

function defaultProbe(probe: JsonObject | undefined): void {
  if (!probe) return
  defaultHandler(probe)
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    imagePullPolicy: defaultPullPolicy(stringIn(container, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  for (const port of objectsIn(container, 'ports')) fill(port, { protocol: 'TCP' })
  for (const variable of objectsIn(container, 'env')) {
    const from = objectIn(variable, 'valueFrom')
    defaultFieldRef(from)
    fillPointers(objectOrNone(from, 'fileKeyRef'), { optional: false })
  }
  roundResources(objectOrNone(container, 'resources'), 'limits', 'requests')
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    defaultProbe(objectOrNone(container, name))
  }
  const lifecycle = objectIn(container, 'lifecycle')
  defaultHandler(objectOrNone(lifecycle, 'postStart'))
  defaultHandler(objectOrNone(lifecycle, 'preStop'))
}

const fileMode = { defaultMode: 0o644 }

function defaultProjected(projected: JsonObject | undefined): void {
  if (!projected) return
  fillPointers(projected, fileMode)
  for (const source of objectsIn(projected, 'sources')) {
    for (const item of objectsIn(objectIn(source, 'downwardAPI'), 'items')) defaultFieldRef(item)
    fillPointers(objectOrNone(source, 'serviceAccountToken'), { expirationSeconds: 3600 })
  }
}

/** Plugins of old whose fields have a default of their own. */
function defaultLegacyVolume(volume: JsonObject): void {
  const iscsi = objectOrNone(volume, 'iscsi')
  if (iscsi) fill(iscsi, { iscsiInterface: 'default' })
  const rbd = objectOrNone(volume, 'rbd')
  if (rbd) fill(rbd, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })
  const scaleIO = objectOrNone(volume, 'scaleIO')
  if (scaleIO) fill(scaleIO, { storageMode: 'ThinProvisioned', fsType: 'xfs' })
  fillPointers(objectOrNone(volume, 'azureDisk'), {
    cachingMode: 'ReadWrite',
    fsType: 'ext4',
    readOnly: false,
    kind: 'Shared',
  })
}

function defaultVolume(volume: JsonObject): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {}
  const image = objectOrNone(volume, 'image')
  if (image) fill(image, { pullPolicy: defaultPullPolicy(stringIn(image, 'reference')) })
  fillPointers(objectOrNone(volume, 'hostPath'), { type: '' })
  fillPointers(objectOrNone(volume, 'secret'), fileMode)
  fillPointers(objectOrNone(volume, 'configMap'), fileMode)
  const downwardAPI = objectOrNone(volume, 'downwardAPI')
  fillPointers(downwardAPI, fileMode)
  for (const item of objectsIn(downwardAPI ?? {}, 'items')) defaultFieldRef(item)
  defaultProjected(objectOrNone(volume, 'projected'))
  const claim = objectOrNone(objectIn(volume, 'ephemeral'), 'volumeClaimTemplate')
  const claimSpec = objectOrNone(claim ?? {}, 'spec')
  fillPointers(claimSpec, { volumeMode: 'Filesystem' })
  roundResources(objectOrNone(claimSpec ?? {}, 'resources'), 'limits', 'requests')
  defaultLegacyVolume(volume)
}

/**
 * Fills the defaults of a pod template's spec in place. The spec must be decoded (`schema/decode.ts`). What only a Pod gets
 * (requests from limits, host ports on the host network, service links) is not set, as upstream.
 */
export function defaultPodSpec(spec: JsonObject): void {
  fill(spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
  })
  fillPointers(spec, { securityContext: {}, terminationGracePeriodSeconds: 30 })
  // The old name is an alias; the new one wins, and both are written.
  const account = stringIn(spec, 'serviceAccountName') || stringIn(spec, 'serviceAccount')
  if (account !== '') Object.assign(spec, { serviceAccountName: account, serviceAccount: account })
  for (const volume of objectsIn(spec, 'volumes')) defaultVolume(volume)
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsIn(spec, list)) defaultContainer(container)
  }
  roundResources(spec, 'overhead')
  roundResources(objectOrNone(spec, 'resources'), 'limits', 'requests')
}
