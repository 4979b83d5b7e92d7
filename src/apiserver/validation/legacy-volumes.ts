/** Volumes of the plugins that came before CSI. Mirrors pkg/apis/core/validation. */
import { dns1123LabelErrors } from '#kube/labels.ts'
import {
  boolIn,
  numberIn,
  numberOrNone,
  objectIn,
  objectOrNone,
  stringIn,
  stringOrNone,
  stringsIn,
} from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkGiven, checkOptionalChoice, checkOptionalText, checkText } from './choices.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'

type Check = (source: JsonObject, at: Place) => void

/** Only asks that the named fields are there. */
const needs =
  (...names: readonly string[]): Check =>
  (source, at) =>
    checkGiven(source, names, at)

const needsMonitors =
  (...others: readonly string[]): Check =>
  (source, at) => {
    if (stringsIn(source, 'monitors').length === 0) at.child('monitors').required()
    checkGiven(source, others, at)
  }

function needsDisk(name: string): Check {
  return (source, at) => {
    checkGiven(source, [name], at)
    const partition = numberIn(source, 'partition')
    if (partition < 0 || partition > 255) {
      // The text is upstream's, whatever the range.
      at.child('partition').invalid(partition, 'must be between 1 and 255, inclusive')
    }
  }
}

function checkSecretName(source: JsonObject, at: Place): void {
  const secret = objectOrNone(source, 'secretRef')
  if (secret) checkGiven(secret, ['name'], at.child('secretRef'))
}

const checkGitRepo: Check = (source, at) => {
  checkGiven(source, ['repository'], at)
  checkDescendingPath(stringIn(source, 'directory'), at.child('directory'))
}

const checkNFS: Check = (source, at) => {
  checkGiven(source, ['server', 'path'], at)
  const path = stringIn(source, 'path')
  if (!path.startsWith('/')) at.child('path').invalid(path, 'must be an absolute path')
}

const qualifiedNames: readonly (readonly [string, RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([\dA-Za-z.-]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[\dA-Za-z]{16}$/],
  ['naa', /^naa.[\dA-Za-z]{32}$/],
]

function checkQualifiedName(name: string, at: Place): void {
  const kind = qualifiedNames.find(([prefix]) => name.startsWith(prefix))
  if (!kind) at.invalid(name, 'must be valid format starting with iqn, eui, or naa')
  else if (!kind[1].test(name)) at.invalid(name, 'must be valid format')
}

const checkISCSI: Check = (source, at) => {
  checkGiven(source, ['targetPortal', 'iqn'], at)
  const iqn = stringIn(source, 'iqn')
  if (iqn !== '') checkQualifiedName(iqn, at.child('iqn'))
  const lun = numberIn(source, 'lun')
  if (lun < 0 || lun > 255) at.child('lun').invalid(lun, 'must be between 0 and 255, inclusive')
  const chap = boolIn(source, 'chapAuthDiscovery') || boolIn(source, 'chapAuthSession')
  if (chap && !objectOrNone(source, 'secretRef')) at.child('secretRef').required()
  const initiator = stringOrNone(source, 'initiatorName')
  if (initiator !== undefined) {
    checkQualifiedName(initiator, at.child('initiatorname', ['initiatorName']))
  }
}

const checkFC: Check = (source, at) => {
  const names = stringsIn(source, 'targetWWNs')
  const ids = stringsIn(source, 'wwids')
  const here = at.child('targetWWNs')
  if (names.length + ids.length === 0) {
    here.required('must specify either targetWWNs or wwids, but not both')
  }
  if (names.length > 0 && ids.length > 0) {
    here.invalid(names, 'targetWWNs and wwids can not be specified simultaneously')
  }
  if (names.length === 0) return
  const lun = numberOrNone(source, 'lun')
  if (lun === undefined) at.child('lun').required('lun is required if targetWWNs is specified')
  else if (lun < 0 || lun > 255) {
    at.child('lun').invalid(lun, 'must be between 0 and 255, inclusive')
  }
}

const checkFlocker: Check = (source, at) => {
  const name = stringIn(source, 'datasetName')
  const uuid = stringIn(source, 'datasetUUID')
  if (name === '' && uuid === '') at.required('one of datasetName and datasetUUID is required')
  if (name !== '' && uuid !== '') {
    at.invalid('resource', 'datasetName and datasetUUID can not be specified simultaneously')
  }
  if (name.includes('/')) at.child('datasetName').invalid(name, "must not contain '/'")
}

const checkQuobyte: Check = (source, at) => {
  const registry = stringIn(source, 'registry')
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') at.child('registry').required(pairs)
  else if (stringIn(source, 'tenant').length >= 65) {
    at.child('tenant').required('must be a UUID and may not exceed a length of 64 characters')
  } else {
    for (const pair of registry.split(',')) {
      if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair)) at.child('registry').invalid(registry, pairs)
    }
  }
  checkGiven(source, ['volume'], at)
}

const checkFlexVolume: Check = (source, at) => {
  checkGiven(source, ['driver'], at)
  for (const key of Object.keys(objectIn(source, 'options'))) {
    const namespace = `.${(key.split('/')[0] ?? '').toLowerCase()}`
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      const rule = 'kubernetes.io and k8s.io namespaces are reserved'
      at.child('options').key(key).invalid(key, rule)
    }
  }
}

const checkAzureDisk: Check = (source, at) => {
  checkGiven(source, ['diskName', 'diskURI'], at)
  checkOptionalChoice(source, 'cachingMode', ['None', 'ReadOnly', 'ReadWrite'], at)
  checkOptionalChoice(source, 'kind', ['Dedicated', 'Managed', 'Shared'], at)
  const kind = stringOrNone(source, 'kind')
  const uri = stringIn(source, 'diskURI')
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/')) {
    const form =
      '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
    at.child('diskURI').notSupported(uri, [form])
  } else if (kind !== undefined && kind !== 'Managed' && !uri.startsWith('https://')) {
    const form = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'
    at.child('diskURI').notSupported(uri, [form])
  }
}

const checkStorageOS: Check = (source, at) => {
  checkText(source, 'volumeName', dns1123LabelErrors, at)
  checkOptionalText(source, 'volumeNamespace', dns1123LabelErrors, at)
  checkSecretName(source, at)
}

const checkCinder: Check = (source, at) => {
  checkGiven(source, ['volumeID'], at)
  checkSecretName(source, at)
}

/** The check of each kind of volume, by its field. */
export const legacyVolumeChecks: Readonly<Record<string, Check>> = {
  gitRepo: checkGitRepo,
  gcePersistentDisk: needsDisk('pdName'),
  awsElasticBlockStore: needsDisk('volumeID'),
  nfs: checkNFS,
  iscsi: checkISCSI,
  glusterfs: needs('endpoints', 'path'),
  flocker: checkFlocker,
  rbd: needsMonitors('image'),
  cinder: checkCinder,
  cephfs: needsMonitors(),
  quobyte: checkQuobyte,
  fc: checkFC,
  flexVolume: checkFlexVolume,
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: checkAzureDisk,
  storageos: checkStorageOS,
  scaleIO: needs('gateway', 'system', 'volumeName'),
}
