/** A pod's volumes. Mirrors ValidateVolumes of pkg/apis/core/validation. */
import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { compareQuantities, parseQuantity, zeroQuantity } from '#kube/quantity.ts'
import { objectOrNone, objectsIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkChoice, checkGiven, checkOptionalChoice, checkText } from './choices.ts'
import { checkEphemeralVolume } from './claims.ts'
import { legacyVolumeChecks } from './legacy-volumes.ts'
import { checkNoBacksteps } from './paths.ts'
import type { Place } from './place.ts'
import { checkProjected } from './projected-volume.ts'
import { checkDownwardFile, checkFileMode, checkKeyToPath } from './volume-files.ts'

type VolumeCheck = (source: JsonObject, at: Place, volumeName: string) => void

function checkKeys(nameField: string): VolumeCheck {
  return (source, at) => {
    checkGiven(source, [nameField], at)
    checkFileMode(source, 'defaultMode', at)
    for (const [item, here] of at.items(source, 'items')) checkKeyToPath(item, here)
  }
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

const checkHostPath: VolumeCheck = (source, at) => {
  const path = stringIn(source, 'path')
  if (path === '') {
    at.child('path').required()
    return
  }
  checkNoBacksteps(path, at.child('path'))
  checkOptionalChoice(source, 'type', hostPathTypes, at)
}

const checkDownwardAPI: VolumeCheck = (source, at) => {
  checkFileMode(source, 'defaultMode', at)
  // The server leaves the item's index out.
  for (const file of objectsIn(source, 'items')) checkDownwardFile(file, at)
}

const checkCSI: VolumeCheck = (source, at) => {
  const driver = stringIn(source, 'driver')
  if (driver === '') at.child('driver').required()
  if (driver.length > 63) at.child('driver').tooLong(63)
  at.child('driver').invalidEach(driver, dns1123SubdomainErrors(driver.toLowerCase()))
  const secret = objectOrNone(source, 'nodePublishSecretRef')
  if (!secret) return
  const name = stringIn(secret, 'name')
  if (name === '') at.child('nodePublishSecretRef').child('name').required()
  else {
    at.child('name', ['nodePublishSecretRef', 'name']).invalidEach(name, dns1123SubdomainErrors(name))
  }
}

const checkImage: VolumeCheck = (source, at) => {
  checkChoice(source, 'pullPolicy', ['Always', 'IfNotPresent', 'Never'], at)
}

const checkEmptyDir: VolumeCheck = (source, at) => {
  const limit = stringOrNone(source, 'sizeLimit')
  const parsed = limit === undefined ? undefined : parseQuantity(limit)
  if (parsed?.ok && compareQuantities(parsed.quantity, zeroQuantity) < 0) {
    at.child('sizeLimit').forbidden('SizeLimit field must be a valid resource quantity')
  }
}

const checkClaim: VolumeCheck = (source, at) => checkGiven(source, ['claimName'], at)

const current: Readonly<Record<string, VolumeCheck>> = {
  emptyDir: checkEmptyDir,
  hostPath: checkHostPath,
  secret: checkKeys('secretName'),
  persistentVolumeClaim: checkClaim,
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

/** Checks one volume's source; answers whether it is good. */
function checkSource(volume: JsonObject, at: Place): void {
  const name = stringIn(volume, 'name')
  let found = false
  for (const kind of order) {
    const source = objectOrNone(volume, kind)
    if (!source) continue
    if (found) {
      at.child(namedInConflict[kind] ?? kind, [kind]).forbidden('may not specify more than 1 volume type')
    } else {
      const check = current[kind] ?? legacyVolumeChecks[kind]
      check?.(source, at.child(namedInside[kind] ?? kind, [kind]), name)
    }
    if (kind === 'iscsi') checkIscsiName(source, name, at)
    found = true
  }
  if (!found) at.required('must specify a volume type')
}

function checkIscsiName(source: JsonObject, volumeName: string, at: Place): void {
  const initiator = stringOrNone(source, 'initiatorName')
  if (initiator !== undefined && `${volumeName}:${stringIn(source, 'targetPortal')}`.length > 64) {
    const rule =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
    at.child('name').invalid(volumeName, rule)
  }
}

/**
 * Checks the volumes and answers those that are good, by name: mounts of the others are reported as not found, as upstream.
 */
export function checkVolumes(volumes: readonly JsonObject[], at: Place): Map<string, JsonObject> {
  const good = new Map<string, JsonObject>()
  for (const [volume, here] of at.each(volumes)) {
    const before = at.findings.errors.length
    checkSource(volume, here)
    const name = stringIn(volume, 'name')
    checkText(volume, 'name', dns1123LabelErrors, here)
    if (good.has(name)) here.child('name').duplicate(name)
    if (at.findings.errors.length === before) good.set(name, volume)
  }
  return good
}

/** Is the volume a claim's, as a block device must be? */
export const isClaim = (volume: JsonObject): boolean =>
  objectOrNone(volume, 'persistentVolumeClaim') !== undefined || Object.hasOwn(volume, 'ephemeral')
