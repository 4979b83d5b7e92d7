/** Volumes of the plugins that came before CSI. Mirrors pkg/apis/core/validation. */
import { dns1123LabelErrors } from '#kube/labels.ts'
import { rangeErrors } from './names.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'

type Check = (source: Place) => void

/** Only asks that the named fields are there. */
const needs =
  (...names: readonly string[]): Check =>
  (source) =>
    source.needs(...names)

const needsMonitors =
  (...others: readonly string[]): Check =>
  (source) => {
    if (source.items('monitors').length === 0) source.child('monitors').required()
    source.needs(...others)
  }

const needsDisk =
  (name: string): Check =>
  (source) => {
    source.needs(name)
    const partition = source.child('partition')
    // The text is upstream's, whatever the range.
    if (partition.number < 0 || partition.number > 255)
      partition.wrong('must be between 1 and 255, inclusive')
  }

function checkSecretName(source: Place): void {
  const secret = source.child('secretRef')
  if (secret.given) secret.needs('name')
}

const checkGitRepo: Check = (source) => {
  source.needs('repository')
  checkDescendingPath(source.child('directory'))
}

const checkNFS: Check = (source) => {
  source.needs('server', 'path')
  const path = source.child('path')
  if (!path.text.startsWith('/')) path.wrong('must be an absolute path')
}

const qualifiedNames: readonly (readonly [string, RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([\dA-Za-z.-]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[\dA-Za-z]{16}$/],
  ['naa', /^naa.[\dA-Za-z]{32}$/],
]

function checkQualifiedName(at: Place): void {
  const kind = qualifiedNames.find(([prefix]) => at.text.startsWith(prefix))
  if (!kind) at.wrong('must be valid format starting with iqn, eui, or naa')
  else if (!kind[1].test(at.text)) at.wrong('must be valid format')
}

const checkLun = (lun: Place) => lun.invalidEach(lun.number, rangeErrors(lun.number, 0, 255))

const checkISCSI: Check = (source) => {
  source.needs('targetPortal', 'iqn')
  if (source.child('iqn').text !== '') checkQualifiedName(source.child('iqn'))
  checkLun(source.child('lun'))
  const chap = ['chapAuthDiscovery', 'chapAuthSession'].some((name) => source.object[name] === true)
  if (chap && !source.child('secretRef').given) source.child('secretRef').required()
  const initiator = source.child('initiatorname', ['initiatorName'])
  if (initiator.textOrNone !== undefined) checkQualifiedName(initiator)
}

const checkFC: Check = (source) => {
  const names = source.child('targetWWNs')
  const [targets, ids] = [names.each().length, source.items('wwids').length]
  if (targets + ids === 0) names.required('must specify either targetWWNs or wwids, but not both')
  if (targets > 0 && ids > 0) names.wrong('targetWWNs and wwids can not be specified simultaneously')
  if (targets === 0) return
  const lun = source.child('lun')
  if (lun.numberOrNone === undefined) lun.required('lun is required if targetWWNs is specified')
  else checkLun(lun)
}

const checkFlocker: Check = (source) => {
  const name = source.child('datasetName')
  const uuid = source.child('datasetUUID').text
  if (name.text === '' && uuid === '') source.required('one of datasetName and datasetUUID is required')
  if (name.text !== '' && uuid !== '')
    source.invalid('resource', 'datasetName and datasetUUID can not be specified simultaneously')
  if (name.text.includes('/')) name.wrong("must not contain '/'")
}

const checkQuobyte: Check = (source) => {
  const registry = source.child('registry')
  const tenant = source.child('tenant')
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry.text === '') registry.required(pairs)
  else if (tenant.text.length >= 65)
    tenant.required('must be a UUID and may not exceed a length of 64 characters')
  else
    for (const pair of registry.text.split(','))
      if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair)) registry.wrong(pairs)
  source.needs('volume')
}

const checkFlexVolume: Check = (source) => {
  source.needs('driver')
  const options = source.child('options')
  for (const key of Object.keys(options.object)) {
    const namespace = `.${(key.split('/')[0] ?? '').toLowerCase()}`
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io'))
      options.key(key).invalid(key, 'kubernetes.io and k8s.io namespaces are reserved')
  }
}

const managedDisk =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

const checkAzureDisk: Check = (source) => {
  source.needs('diskName', 'diskURI')
  source.child('cachingMode').optionalChoice(['None', 'ReadOnly', 'ReadWrite'])
  source.child('kind').optionalChoice(['Dedicated', 'Managed', 'Shared'])
  const kind = source.child('kind').textOrNone
  const uri = source.child('diskURI')
  if (kind === undefined) return
  const [start, form] = kind === 'Managed' ? ['/subscriptions/', managedDisk] : ['https://', blobDisk]
  if (!uri.text.startsWith(start)) uri.notSupported(uri.text, [form])
}

const checkStorageOS: Check = (source) => {
  source.child('volumeName').keepsText(dns1123LabelErrors)
  source.child('volumeNamespace').keepsAny(dns1123LabelErrors)
  checkSecretName(source)
}

const checkCinder: Check = (source) => {
  source.needs('volumeID')
  checkSecretName(source)
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
