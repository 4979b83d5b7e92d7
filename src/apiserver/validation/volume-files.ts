/** Files that volumes of several kinds are made of. Mirrors pkg/apis/core/validation. */
import { numberOrNone, objectOrNone, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkFieldRef, checkResourceFieldRef, volumeFieldPaths } from './downward-api.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'

/** `must be a number between 0 and 0777`. */
export function checkFileMode(holder: JsonObject, key: string, at: Place, errors: FieldErrors): void {
  const mode = numberOrNone(holder, key)
  if (mode !== undefined && (mode > 0o777 || mode < 0)) {
    errors.invalid(at.child(key), mode, 'must be a number between 0 and 0777 (octal), both inclusive')
  }
}

/** A key of a ConfigMap or Secret with the file that it becomes (validateKeyToPath). */
export function checkKeyToPath(item: JsonObject, at: Place, errors: FieldErrors): void {
  const path = stringIn(item, 'path')
  if (stringIn(item, 'key') === '') errors.required(at.child('key'))
  if (path === '') errors.required(at.child('path'))
  checkLocalPath(path, at.child('path'), errors)
  checkFileMode(item, 'mode', at, errors)
}

/** A file of the downward API (validateDownwardAPIVolumeFile). */
export function checkDownwardFile(file: JsonObject, at: Place, errors: FieldErrors): void {
  const path = stringIn(file, 'path')
  if (path === '') errors.required(at.child('path'))
  checkLocalPath(path, at.child('path'), errors)
  const fieldRef = objectOrNone(file, 'fieldRef')
  const resourceFieldRef = objectOrNone(file, 'resourceFieldRef')
  if (fieldRef) {
    checkFieldRef(fieldRef, volumeFieldPaths, at.child('fieldRef'), errors)
    const rule = 'fieldRef and resourceFieldRef can not be specified simultaneously'
    if (resourceFieldRef) errors.invalid(at, 'resource', rule)
  } else if (resourceFieldRef) {
    checkResourceFieldRef(resourceFieldRef, true, at.child('resourceFieldRef'), errors)
  } else errors.required(at, 'one of fieldRef and resourceFieldRef is required')
  checkFileMode(file, 'mode', at, errors)
}
