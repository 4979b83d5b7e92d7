/** A pod's volumes. Mirrors ValidateVolumes of pkg/apis/core/validation. */
import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { compareQuantities, parseQuantity, zeroQuantity } from '#kube/quantity.ts'
import { objectOrNone, objectsIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkChoice } from './choices.ts'
import { checkEphemeralVolume } from './claims.ts'
import type { FieldErrors } from './field-errors.ts'
import { legacyVolumeChecks } from './legacy-volumes.ts'
import { checkNoBacksteps } from './paths.ts'
import type { Place } from './place.ts'
import { checkProjected } from './projected-volume.ts'
import { checkDownwardFile, checkFileMode, checkKeyToPath } from './volume-files.ts'

type VolumeCheck = (source: JsonObject, at: Place, errors: FieldErrors, volumeName: string) => void

function checkKeys(nameField: string): VolumeCheck {
  return (source, at, errors) => {
    if (stringIn(source, nameField) === '') errors.required(at.child(nameField))
    checkFileMode(source, 'defaultMode', at, errors)
    for (const [index, item] of objectsIn(source, 'items').entries()) {
      checkKeyToPath(item, at.child('items').index(index), errors)
    }
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

const checkHostPath: VolumeCheck = (source, at, errors) => {
  const path = stringIn(source, 'path')
  if (path === '') {
    errors.required(at.child('path'))
    return
  }
  checkNoBacksteps(path, at.child('path'), errors)
  const type = stringOrNone(source, 'type')
  if (type !== undefined && !hostPathTypes.includes(type)) {
    errors.notSupported(at.child('type'), type, hostPathTypes)
  }
}

const checkDownwardAPI: VolumeCheck = (source, at, errors) => {
  checkFileMode(source, 'defaultMode', at, errors)
  // The server leaves the item's index out.
  for (const file of objectsIn(source, 'items')) checkDownwardFile(file, at, errors)
}

const checkCSI: VolumeCheck = (source, at, errors) => {
  const driver = stringIn(source, 'driver')
  if (driver === '') errors.required(at.child('driver'))
  if (driver.length > 63) errors.tooLong(at.child('driver'), 63)
  errors.invalidEach(at.child('driver'), driver, dns1123SubdomainErrors(driver.toLowerCase()))
  const secret = objectOrNone(source, 'nodePublishSecretRef')
  if (!secret) return
  const name = stringIn(secret, 'name')
  if (name === '') errors.required(at.child('nodePublishSecretRef').child('name'))
  else {
    errors.invalidEach(at.child('name', ['nodePublishSecretRef', 'name']), name, dns1123SubdomainErrors(name))
  }
}

const checkImage: VolumeCheck = (source, at, errors) => {
  checkChoice(source, 'pullPolicy', ['Always', 'IfNotPresent', 'Never'], at, errors)
}

const checkEmptyDir: VolumeCheck = (source, at, errors) => {
  const limit = stringOrNone(source, 'sizeLimit')
  const parsed = limit === undefined ? undefined : parseQuantity(limit)
  if (parsed?.ok && compareQuantities(parsed.quantity, zeroQuantity) < 0) {
    errors.forbidden(at.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity')
  }
}

const checkClaim: VolumeCheck = (source, at, errors) => {
  if (stringIn(source, 'claimName') === '') errors.required(at.child('claimName'))
}

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
function checkSource(volume: JsonObject, at: Place, errors: FieldErrors): void {
  const name = stringIn(volume, 'name')
  let found = false
  for (const kind of order) {
    const source = objectOrNone(volume, kind)
    if (!source) continue
    if (found) {
      errors.forbidden(
        at.child(namedInConflict[kind] ?? kind, [kind]),
        'may not specify more than 1 volume type',
      )
    } else {
      const check = current[kind] ?? legacyVolumeChecks[kind]
      check?.(source, at.child(namedInside[kind] ?? kind, [kind]), errors, name)
    }
    if (kind === 'iscsi') checkIscsiName(source, name, at, errors)
    found = true
  }
  if (!found) errors.required(at, 'must specify a volume type')
}

function checkIscsiName(source: JsonObject, volumeName: string, at: Place, errors: FieldErrors): void {
  const initiator = stringOrNone(source, 'initiatorName')
  if (initiator !== undefined && `${volumeName}:${stringIn(source, 'targetPortal')}`.length > 64) {
    const rule =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'
    errors.invalid(at.child('name'), volumeName, rule)
  }
}

/**
 * Checks the volumes and answers those that are good, by name: mounts of the others are reported as not found, as upstream.
 */
export function checkVolumes(
  volumes: readonly JsonObject[],
  at: Place,
  errors: FieldErrors,
): Map<string, JsonObject> {
  const good = new Map<string, JsonObject>()
  for (const [index, volume] of volumes.entries()) {
    const here = at.index(index)
    const before = errors.list.length
    checkSource(volume, here, errors)
    const name = stringIn(volume, 'name')
    if (name === '') errors.required(here.child('name'))
    else errors.invalidEach(here.child('name'), name, dns1123LabelErrors(name))
    if (good.has(name)) errors.duplicate(here.child('name'), name)
    if (errors.list.length === before) good.set(name, volume)
  }
  return good
}

/** Is the volume a claim's, as a block device must be? */
export const isClaim = (volume: JsonObject): boolean =>
  objectOrNone(volume, 'persistentVolumeClaim') !== undefined || Object.hasOwn(volume, 'ephemeral')
