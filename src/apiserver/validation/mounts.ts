/** A container's volume mounts and devices. Mirrors ValidateVolumeMounts and ValidateVolumeDevices. */
import { boolIn, boolOrNone, objectIn, objectsIn, stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { isClaim } from './volumes.ts'

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursive = ['Disabled', 'Enabled', 'IfPossible']

/** The name of each entry with its path; of several with one name, the last counts. */
function pathsByName(entries: readonly JsonObject[], path: string): Map<string, string> {
  return new Map(entries.map((entry) => [stringIn(entry, 'name'), stringIn(entry, path)]))
}

function checkPropagation(mount: JsonObject, container: JsonObject, at: Place): void {
  const propagation = stringOrNone(mount, 'mountPropagation')
  if (propagation === undefined) return
  at.oneOf(propagation, propagations)
  const privileged = boolOrNone(objectIn(container, 'securityContext'), 'privileged') === true
  if (propagation === 'Bidirectional' && !privileged) {
    at.forbidden('Bidirectional mount propagation is available only to privileged containers')
  }
}

function checkRecursiveReadOnly(mount: JsonObject, at: Place): void {
  const mode = stringOrNone(mount, 'recursiveReadOnly')
  if (mode === undefined || mode === 'Disabled') return
  if (!recursive.includes(mode)) {
    at.notSupported(mode, recursive)
    return
  }
  if (!boolIn(mount, 'readOnly')) at.forbidden('may only be specified when readOnly is true')
  const propagation = stringOrNone(mount, 'mountPropagation')
  if (propagation !== undefined && propagation !== 'None') {
    at.forbidden('may only be specified when mountPropagation is None or not specified')
  }
}

/** Upstream leaves the index out of the names of sub-paths and modes; the place in the document has it. */
function checkMountDetails(mount: JsonObject, index: number, container: JsonObject, at: Place): void {
  const detail = (name: string) => at.child(name, [index, name])
  const subPath = stringIn(mount, 'subPath')
  const subPathExpr = stringIn(mount, 'subPathExpr')
  if (subPath !== '') checkDescendingPath(subPath, detail('subPath'))
  if (subPathExpr !== '') {
    if (subPath !== '') {
      const here = at.index(index).child('subPathExpr')
      here.invalid(subPathExpr, 'subPathExpr and subPath are mutually exclusive')
    }
    checkDescendingPath(subPathExpr, detail('subPathExpr'))
  }
  checkPropagation(mount, container, detail('mountPropagation'))
  checkRecursiveReadOnly(mount, detail('recursiveReadOnly'))
}

function checkMounts(container: JsonObject, volumes: ReadonlyMap<string, JsonObject>, at: Place): void {
  const devices = pathsByName(objectsIn(container, 'volumeDevices'), 'devicePath')
  const devicePaths = new Set(devices.values())
  const taken = new Set<string>()
  for (const [index, mount] of objectsIn(container, 'volumeMounts').entries()) {
    const nameAt = at.index(index).child('name')
    const pathAt = at.index(index).child('mountPath')
    const name = stringIn(mount, 'name')
    const path = stringIn(mount, 'mountPath')
    if (name === '') nameAt.required()
    if (!volumes.has(name)) nameAt.notFound(name)
    if (path === '') pathAt.required()
    if (taken.has(path)) pathAt.invalid(path, 'must be unique')
    taken.add(path)
    if (devices.has(name)) nameAt.invalid(name, 'must not already exist in volumeDevices')
    if (devicePaths.has(path)) {
      pathAt.invalid(path, 'must not already exist as a path in volumeDevices')
    }
    checkMountDetails(mount, index, container, at)
  }
}

function checkDevices(container: JsonObject, volumes: ReadonlyMap<string, JsonObject>, at: Place): void {
  const mounts = pathsByName(objectsIn(container, 'volumeMounts'), 'mountPath')
  const mountPaths = new Set(mounts.values())
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [index, device] of objectsIn(container, 'volumeDevices').entries()) {
    const nameAt = at.index(index).child('name')
    const pathAt = at.index(index).child('devicePath')
    const name = stringIn(device, 'name')
    const path = stringIn(device, 'devicePath')
    const volume = volumes.get(name)
    if (name === '') nameAt.required()
    if (names.has(name)) nameAt.invalid(name, 'must be unique')
    if (volume && !isClaim(volume)) {
      const rule = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      nameAt.invalid(name, rule)
    }
    if (!volume) nameAt.notFound(name)
    if (path === '') pathAt.required()
    if (paths.has(path)) pathAt.invalid(path, 'must be unique')
    if (path.split('/').includes('..')) pathAt.invalid(path, "can not contain backsteps ('..')")
    else paths.add(path)
    if (mounts.has(name)) nameAt.invalid(name, 'must not already exist in volumeMounts')
    if (mountPaths.has(path)) pathAt.invalid(path, 'must not already exist as a path in volumeMounts')
    if (name !== '') names.add(name)
  }
}

/** Mounts and devices of a container, against the good volumes of its pod. */
export function checkMountsAndDevices(
  container: JsonObject,
  volumes: ReadonlyMap<string, JsonObject>,
  at: Place,
): void {
  checkMounts(container, volumes, at.child('volumeMounts'))
  checkDevices(container, volumes, at.child('volumeDevices'))
}
