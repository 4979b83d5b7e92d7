/** A container's volume mounts and devices. Mirrors ValidateVolumeMounts and ValidateVolumeDevices. */
import type { JsonObject } from '#kube/types.ts'
import { checkDescendingPath } from './paths.ts'
import type { Place } from './place.ts'
import { isClaim } from './volumes.ts'

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursive = ['Disabled', 'Enabled', 'IfPossible']

/** The name of each entry with its path; of several with one name, the last counts. */
const pathsByName = (entries: readonly Place[], path: string): Map<string, string> =>
  new Map(entries.map((entry) => [entry.child('name').text, entry.child(path).text]))

function checkPropagation(at: Place, container: Place): void {
  at.optionalChoice(propagations)
  const privileged = container.child('securityContext').child('privileged').value === true
  if (at.text === 'Bidirectional' && !privileged)
    at.forbidden('Bidirectional mount propagation is available only to privileged containers')
}

function checkRecursiveReadOnly(at: Place, mount: Place): void {
  const mode = at.textOrNone
  if (mode === undefined || mode === 'Disabled') return
  if (!recursive.includes(mode)) {
    at.notSupported(mode, recursive)
    return
  }
  if (mount.child('readOnly').value !== true) at.forbidden('may only be specified when readOnly is true')
  const propagation = mount.child('mountPropagation').textOrNone
  if (propagation !== undefined && propagation !== 'None')
    at.forbidden('may only be specified when mountPropagation is None or not specified')
}

/** Upstream leaves the index out of the names of sub-paths and modes; the place in the document has it. */
function checkMountDetails(mount: Place, index: number, mounts: Place, container: Place): void {
  const detail = (name: string) => mounts.child(name, [index, name])
  const subPath = detail('subPath')
  const subPathExpr = detail('subPathExpr')
  checkDescendingPath(subPath)
  if (subPathExpr.text !== '' && subPath.text !== '')
    mount.child('subPathExpr').wrong('subPathExpr and subPath are mutually exclusive')
  checkDescendingPath(subPathExpr)
  checkPropagation(detail('mountPropagation'), container)
  checkRecursiveReadOnly(detail('recursiveReadOnly'), mount)
}

type Volumes = ReadonlyMap<string, JsonObject>

function checkMounts(container: Place, volumes: Volumes): void {
  const devices = pathsByName(container.items('volumeDevices'), 'devicePath')
  const devicePaths = new Set(devices.values())
  const taken = new Set<string>()
  const mounts = container.child('volumeMounts')
  for (const [index, mount] of mounts.each().entries()) {
    const name = mount.child('name')
    const path = mount.child('mountPath')
    if (name.text === '') name.required()
    if (!volumes.has(name.text)) name.notFound()
    if (path.text === '') path.required()
    if (taken.has(path.text)) path.wrong('must be unique')
    taken.add(path.text)
    if (devices.has(name.text)) name.wrong('must not already exist in volumeDevices')
    if (devicePaths.has(path.text)) path.wrong('must not already exist as a path in volumeDevices')
    checkMountDetails(mount, index, mounts, container)
  }
}

function checkDevices(container: Place, volumes: Volumes): void {
  const mounts = pathsByName(container.items('volumeMounts'), 'mountPath')
  const mountPaths = new Set(mounts.values())
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const device of container.items('volumeDevices')) {
    const name = device.child('name')
    const path = device.child('devicePath')
    const volume = volumes.get(name.text)
    if (name.text === '') name.required()
    if (names.has(name.text)) name.wrong('must be unique')
    if (volume && !isClaim(volume))
      name.wrong('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
    if (!volume) name.notFound()
    if (path.text === '') path.required()
    if (paths.has(path.text)) path.wrong('must be unique')
    if (path.text.split('/').includes('..')) path.wrong("can not contain backsteps ('..')")
    else paths.add(path.text)
    if (mounts.has(name.text)) name.wrong('must not already exist in volumeMounts')
    if (mountPaths.has(path.text)) path.wrong('must not already exist as a path in volumeMounts')
    if (name.text !== '') names.add(name.text)
  }
}

/** Mounts and devices of a container, against the good volumes of its pod. */
export function checkMountsAndDevices(container: Place, volumes: Volumes): void {
  checkMounts(container, volumes)
  checkDevices(container, volumes)
}
