/** Files that volumes of several kinds are made of. Mirrors pkg/apis/core/validation. */
import { numberOrNone, objectOrNone, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkFieldRef, checkResourceFieldRef, volumeFieldPaths } from './downward-api.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'

/** `must be a number between 0 and 0777`. */
export function checkFileMode(holder: JsonObject, key: string, at: Place): void {
  const mode = numberOrNone(holder, key)
  if (mode !== undefined && (mode > 0o777 || mode < 0)) {
    at.child(key).invalid(mode, 'must be a number between 0 and 0777 (octal), both inclusive')
  }
}

/** A key of a ConfigMap or Secret with the file that it becomes (validateKeyToPath). */
export function checkKeyToPath(item: JsonObject, at: Place): void {
  const path = stringIn(item, 'path')
  if (stringIn(item, 'key') === '') at.child('key').required()
  if (path === '') at.child('path').required()
  checkLocalPath(path, at.child('path'))
  checkFileMode(item, 'mode', at)
}

/** A file of the downward API (validateDownwardAPIVolumeFile). */
export function checkDownwardFile(file: JsonObject, at: Place): void {
  const path = stringIn(file, 'path')
  if (path === '') at.child('path').required()
  checkLocalPath(path, at.child('path'))
  const fieldRef = objectOrNone(file, 'fieldRef')
  const resourceFieldRef = objectOrNone(file, 'resourceFieldRef')
  if (fieldRef) {
    checkFieldRef(fieldRef, volumeFieldPaths, at.child('fieldRef'))
    const rule = 'fieldRef and resourceFieldRef can not be specified simultaneously'
    if (resourceFieldRef) at.invalid('resource', rule)
  } else if (resourceFieldRef) {
    checkResourceFieldRef(resourceFieldRef, true, at.child('resourceFieldRef'))
  } else at.required('one of fieldRef and resourceFieldRef is required')
  checkFileMode(file, 'mode', at)
}
