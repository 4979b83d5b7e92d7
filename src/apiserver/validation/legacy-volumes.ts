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
import { checkOptionalChoice } from './choices.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'

type Check = (source: JsonObject, at: Place, errors: FieldErrors) => void

/** Only asks that the named fields are there. */
function needs(...names: readonly string[]): Check {
  return (source, at, errors) => {
    for (const name of names) if (stringIn(source, name) === '') errors.required(at.child(name))
  }
}

function needsList(name: string, ...others: readonly string[]): Check {
  return (source, at, errors) => {
    if (stringsIn(source, name).length === 0) errors.required(at.child(name))
    needs(...others)(source, at, errors)
  }
}

function needsDisk(name: string): Check {
  return (source, at, errors) => {
    needs(name)(source, at, errors)
    const partition = numberIn(source, 'partition')
    if (partition < 0 || partition > 255) {
      // The text is upstream's, whatever the range.
      errors.invalid(at.child('partition'), partition, 'must be between 1 and 255, inclusive')
    }
  }
}

function checkSecretName(source: JsonObject, at: Place, errors: FieldErrors): void {
  const secret = objectOrNone(source, 'secretRef')
  if (secret && stringIn(secret, 'name') === '') errors.required(at.child('secretRef').child('name'))
}

const checkGitRepo: Check = (source, at, errors) => {
  needs('repository')(source, at, errors)
  checkDescendingPath(stringIn(source, 'directory'), at.child('directory'), errors)
}

const checkNFS: Check = (source, at, errors) => {
  needs('server', 'path')(source, at, errors)
  const path = stringIn(source, 'path')
  if (!path.startsWith('/')) errors.invalid(at.child('path'), path, 'must be an absolute path')
}

const qualifiedNames: readonly (readonly [string, RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([\dA-Za-z.-]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[\dA-Za-z]{16}$/],
  ['naa', /^naa.[\dA-Za-z]{32}$/],
]

function checkQualifiedName(name: string, at: Place, errors: FieldErrors): void {
  const kind = qualifiedNames.find(([prefix]) => name.startsWith(prefix))
  if (!kind) errors.invalid(at, name, 'must be valid format starting with iqn, eui, or naa')
  else if (!kind[1].test(name)) errors.invalid(at, name, 'must be valid format')
}

const checkISCSI: Check = (source, at, errors) => {
  needs('targetPortal', 'iqn')(source, at, errors)
  const iqn = stringIn(source, 'iqn')
  if (iqn !== '') checkQualifiedName(iqn, at.child('iqn'), errors)
  const lun = numberIn(source, 'lun')
  if (lun < 0 || lun > 255) errors.invalid(at.child('lun'), lun, 'must be between 0 and 255, inclusive')
  const chap = boolIn(source, 'chapAuthDiscovery') || boolIn(source, 'chapAuthSession')
  if (chap && !objectOrNone(source, 'secretRef')) errors.required(at.child('secretRef'))
  const initiator = stringOrNone(source, 'initiatorName')
  if (initiator !== undefined) {
    checkQualifiedName(initiator, at.child('initiatorname', ['initiatorName']), errors)
  }
}

const checkFC: Check = (source, at, errors) => {
  const names = stringsIn(source, 'targetWWNs')
  const ids = stringsIn(source, 'wwids')
  const here = at.child('targetWWNs')
  if (names.length + ids.length === 0) {
    errors.required(here, 'must specify either targetWWNs or wwids, but not both')
  }
  if (names.length > 0 && ids.length > 0) {
    errors.invalid(here, names, 'targetWWNs and wwids can not be specified simultaneously')
  }
  if (names.length === 0) return
  const lun = numberOrNone(source, 'lun')
  if (lun === undefined) errors.required(at.child('lun'), 'lun is required if targetWWNs is specified')
  else if (lun < 0 || lun > 255) {
    errors.invalid(at.child('lun'), lun, 'must be between 0 and 255, inclusive')
  }
}

const checkFlocker: Check = (source, at, errors) => {
  const name = stringIn(source, 'datasetName')
  const uuid = stringIn(source, 'datasetUUID')
  if (name === '' && uuid === '') errors.required(at, 'one of datasetName and datasetUUID is required')
  if (name !== '' && uuid !== '') {
    errors.invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')
  }
  if (name.includes('/')) errors.invalid(at.child('datasetName'), name, "must not contain '/'")
}

const checkQuobyte: Check = (source, at, errors) => {
  const registry = stringIn(source, 'registry')
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') errors.required(at.child('registry'), pairs)
  else if (stringIn(source, 'tenant').length >= 65) {
    errors.required(at.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters')
  } else {
    for (const pair of registry.split(',')) {
      if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair))
        errors.invalid(at.child('registry'), registry, pairs)
    }
  }
  needs('volume')(source, at, errors)
}

const checkFlexVolume: Check = (source, at, errors) => {
  needs('driver')(source, at, errors)
  for (const key of Object.keys(objectIn(source, 'options'))) {
    const namespace = `.${(key.split('/')[0] ?? '').toLowerCase()}`
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      const rule = 'kubernetes.io and k8s.io namespaces are reserved'
      errors.invalid(at.child('options').key(key), key, rule)
    }
  }
}

const checkAzureDisk: Check = (source, at, errors) => {
  needs('diskName', 'diskURI')(source, at, errors)
  checkOptionalChoice(source, 'cachingMode', ['None', 'ReadOnly', 'ReadWrite'], at, errors)
  checkOptionalChoice(source, 'kind', ['Dedicated', 'Managed', 'Shared'], at, errors)
  const kind = stringOrNone(source, 'kind')
  const uri = stringIn(source, 'diskURI')
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/')) {
    const form =
      '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
    errors.notSupported(at.child('diskURI'), uri, [form])
  } else if (kind !== undefined && kind !== 'Managed' && !uri.startsWith('https://')) {
    const form = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'
    errors.notSupported(at.child('diskURI'), uri, [form])
  }
}

const checkStorageOS: Check = (source, at, errors) => {
  const name = stringIn(source, 'volumeName')
  if (name === '') errors.required(at.child('volumeName'))
  else errors.invalidEach(at.child('volumeName'), name, dns1123LabelErrors(name))
  const namespace = stringIn(source, 'volumeNamespace')
  if (namespace !== '')
    errors.invalidEach(at.child('volumeNamespace'), namespace, dns1123LabelErrors(namespace))
  checkSecretName(source, at, errors)
}

const checkCinder: Check = (source, at, errors) => {
  needs('volumeID')(source, at, errors)
  checkSecretName(source, at, errors)
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
  rbd: needsList('monitors', 'image'),
  cinder: checkCinder,
  cephfs: needsList('monitors'),
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
