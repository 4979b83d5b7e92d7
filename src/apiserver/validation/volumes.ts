/** A pod's volumes. Mirrors ValidateVolumes of pkg/apis/core/validation. */
import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { compareQuantities, parseQuantity, zeroQuantity } from '#kube/quantity.ts'
import { objectOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkEphemeralVolume } from './claims.ts'
import { legacyVolumeChecks } from './legacy-volumes.ts'
import { checkNoBacksteps } from './paths.ts'
import type { Place } from './place.ts'
import { checkProjected } from './projected-volume.ts'
import { checkDownwardFile, checkFileMode, checkKeyToPath } from './volume-files.ts'

type VolumeCheck = (source: Place) => void

const checkKeys =
  (nameField: string): VolumeCheck =>
  (source) => {
    source.needs(nameField)
    checkFileMode(source.child('defaultMode'))
    for (const item of source.items('items')) checkKeyToPath(item)
  }

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

const checkHostPath: VolumeCheck = (source) => {
  const path = source.child('path')
  if (path.text === '') {
    path.required()
    return
  }
  checkNoBacksteps(path)
  source.child('type').optionalChoice(hostPathTypes)
}

const checkDownwardAPI: VolumeCheck = (source) => {
  checkFileMode(source.child('defaultMode'))
  // The server leaves the item's index out.
  for (const { value } of source.items('items')) checkDownwardFile(source.holding(value))
}

const checkCSI: VolumeCheck = (source) => {
  const driver = source.child('driver')
  if (driver.text.length > 63) driver.tooLong(63)
  driver.keepsText((name) => dns1123SubdomainErrors(name.toLowerCase()))
  const secret = source.child('nodePublishSecretRef')
  if (!secret.given) return
  secret.needs('name')
  source.child('name', ['nodePublishSecretRef', 'name']).keepsAny(dns1123SubdomainErrors)
}

const checkImage: VolumeCheck = (source) => {
  source.child('pullPolicy').choice(['Always', 'IfNotPresent', 'Never'])
}

const checkEmptyDir: VolumeCheck = (source) => {
  const limit = source.child('sizeLimit')
  const parsed = limit.textOrNone === undefined ? undefined : parseQuantity(limit.text)
  if (parsed?.ok && compareQuantities(parsed.quantity, zeroQuantity) < 0)
    limit.forbidden('SizeLimit field must be a valid resource quantity')
}

const current: Readonly<Record<string, VolumeCheck>> = {
  emptyDir: checkEmptyDir,
  hostPath: checkHostPath,
  secret: checkKeys('secretName'),
  persistentVolumeClaim: (source) => source.needs('claimName'),
  downwardAPI: checkDownwardAPI,
  configMap: checkKeys('name'),
  projected: checkProjected,
  csi: checkCSI,
  ephemeral: checkEphemeralVolume,
  image: checkImage,
}

/** The order in which the server looks at the kinds: the first is checked, the others are one too many. */
const order = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
]

/** Upstream's own slips in the names that it reports. */
const namedInConflict: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }
const namedInside: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }

/** Checks one volume's source. */
function checkSource(volume: Place): void {
  let found = false
  for (const kind of order) {
    if (!volume.child(kind).given) continue
    const named = (found ? namedInConflict : namedInside)[kind] ?? kind
    const source = volume.child(named, [kind])
    if (found) source.forbidden('may not specify more than 1 volume type')
    else (current[kind] ?? legacyVolumeChecks[kind])?.(source)
    if (kind === 'iscsi') checkIscsiName(volume)
    found = true
  }
  if (!found) volume.required('must specify a volume type')
}

function checkIscsiName(volume: Place): void {
  const name = volume.child('name')
  const iscsi = volume.child('iscsi')
  const length = `${name.text}:${iscsi.child('targetPortal').text}`.length
  if (iscsi.child('initiatorName').textOrNone !== undefined && length > 64)
    name.wrong(
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
    )
}

/**
 * Checks the volumes and answers those that are good, by name: mounts of the others are reported as not found, as upstream.
 */
export function checkVolumes(volumes: Place): Map<string, JsonObject> {
  const good = new Map<string, JsonObject>()
  const { errors } = volumes.findings
  for (const volume of volumes.each()) {
    const before = errors.length
    const name = volume.child('name')
    checkSource(volume)
    name.keepsText(dns1123LabelErrors)
    if (good.has(name.text)) name.duplicate(name.text)
    if (errors.length === before) good.set(name.text, volume.object)
  }
  return good
}

/** Is the volume a claim's, as a block device must be? */
export const isClaim = (volume: JsonObject): boolean =>
  objectOrNone(volume, 'persistentVolumeClaim') !== undefined || Object.hasOwn(volume, 'ephemeral')
