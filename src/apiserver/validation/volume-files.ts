/** Files that volumes of several kinds are made of. Mirrors pkg/apis/core/validation. */
import { checkFieldRef, checkResourceFieldRef, volumeFieldPaths } from './downward-api.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'

/** `must be a number between 0 and 0777`. */
export function checkFileMode(at: Place): void {
  if (at.number > 0o777 || at.number < 0)
    at.wrong('must be a number between 0 and 0777 (octal), both inclusive')
}

/** A key of a ConfigMap or Secret with the file that it becomes (validateKeyToPath). */
export function checkKeyToPath(at: Place): void {
  at.needs('key', 'path')
  checkLocalPath(at.child('path'))
  checkFileMode(at.child('mode'))
}

/** A file of the downward API (validateDownwardAPIVolumeFile). `at`: where it is told. */
export function checkDownwardFile(at: Place): void {
  at.needs('path')
  checkLocalPath(at.child('path'))
  const fieldRef = at.child('fieldRef')
  const resourceFieldRef = at.child('resourceFieldRef')
  if (fieldRef.given) {
    checkFieldRef(fieldRef, volumeFieldPaths)
    const rule = 'fieldRef and resourceFieldRef can not be specified simultaneously'
    if (resourceFieldRef.given) at.invalid('resource', rule)
  } else if (resourceFieldRef.given) checkResourceFieldRef(resourceFieldRef, true)
  else at.required('one of fieldRef and resourceFieldRef is required')
  checkFileMode(at.child('mode'))
}
