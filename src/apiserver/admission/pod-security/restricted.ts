/** The checks that the level restricted adds. Mirrors k8s.io/pod-security-admission/policy. */
import {
  boolOrNone,
  numberOrNone,
  objectIn,
  objectOrNone,
  objectsIn,
  stringIn,
  stringsIn,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { addedCapabilities, mustNotAdd } from './baseline.ts'
import {
  type Check,
  containersText,
  inUserNamespace,
  namesOf,
  ofContainers,
  plural,
  quoted,
  securityOf,
  setters,
  sortedSet,
} from './violation.ts'

/** Since 1.25: a Windows pod cannot set what Linux has alone. */
export const exceptWindows =
  (check: Check): Check =>
  (pod) =>
    stringIn(objectIn(pod.spec, 'os'), 'name') === 'windows' ? undefined : check(pod)

/** Since 1.35. */
export const exceptInUserNamespace =
  (check: Check): Check =>
  (pod) =>
    inUserNamespace(pod) ? undefined : check(pod)

export const allowPrivilegeEscalation = ofContainers(
  'allowPrivilegeEscalation != false',
  (container) => (boolOrNone(securityOf(container), 'allowPrivilegeEscalation') === false ? [] : ['true']),
  (names) => `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
)

const dropsAll = (container: JsonObject) =>
  stringsIn(objectIn(securityOf(container), 'capabilities'), 'drop').includes('ALL')

/** What must be dropped, and what must not be added. */
const unrestricted = [
  ofContainers(
    '',
    (container) => (dropsAll(container) ? [] : ['ALL']),
    (names) => `${containersText(names)} must set securityContext.capabilities.drop=["ALL"]`,
  ),
  ofContainers(
    '',
    (container) => addedCapabilities(container).filter((name) => name !== 'NET_BIND_SERVICE'),
    mustNotAdd,
  ),
]

export const unrestrictedCapabilities: Check = (pod) => {
  const details = unrestricted.flatMap((check) => check(pod)?.detail ?? [])
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]
const restrictedVolumeTypes = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
]

export const restrictedVolumes: Check = ({ spec }) => {
  const has = (volume: JsonObject) => (type: string) => objectOrNone(volume, type) !== undefined
  const bad = objectsIn(spec, 'volumes').filter((volume) => !allowedVolumes.some(has(volume)))
  if (bad.length === 0) return undefined
  const types = sortedSet(bad.map((volume) => restrictedVolumeTypes.find(has(volume)) ?? 'unknown'))
  const subject = `${plural(bad.length, 'volume', 'volumes')} ${quoted(namesOf(bad))}`
  const noun = plural(types.length, 'restricted volume type', 'restricted volume types')
  return {
    reason: 'restricted volume types',
    detail: `${subject} ${plural(bad.length, 'uses', 'use')} ${noun} ${quoted(types)}`,
  }
}

export const runAsNonRoot: Check = ({ spec, containers }) => {
  const flagOf = (holder: JsonObject) => boolOrNone(securityOf(holder), 'runAsNonRoot')
  const reason = 'runAsNonRoot != true'
  const explicit = namesOf(containers.filter((container) => flagOf(container) === false))
  const who = setters(flagOf(spec) === false, explicit)
  if (who !== '') return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent = namesOf(containers.filter((container) => flagOf(container) === undefined))
  if (flagOf(spec) === true || silent.length === 0) return undefined
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` }
}

export const runAsUser: Check = ({ spec, containers }) => {
  const isRoot = (holder: JsonObject) => numberOrNone(securityOf(holder), 'runAsUser') === 0
  const who = setters(isRoot(spec), namesOf(containers.filter(isRoot)))
  return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` }
}
