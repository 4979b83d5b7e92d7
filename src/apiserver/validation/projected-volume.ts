/** Projected volumes. Mirrors validateProjectionSources of pkg/apis/core/validation. */
import { numberIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkDownwardFile, checkFileMode, checkKeyToPath } from './volume-files.ts'

/** The paths that sources before this one have taken. */
class TakenPaths {
  readonly #taken = new Set<string>()

  /** Reports at the volume, with the name of the source, as upstream. */
  take(path: string, shown: string, at: Place, errors: FieldErrors): void {
    if (this.#taken.has(path)) errors.invalid(at, shown, 'conflicting duplicate paths')
    this.#taken.add(path)
  }
}

function checkKeys(
  source: JsonObject,
  at: Place,
  volumeAt: Place,
  taken: TakenPaths,
  errors: FieldErrors,
): void {
  const name = stringIn(source, 'name')
  if (name === '') errors.required(at.child('name'))
  for (const [index, item] of objectsIn(source, 'items').entries()) {
    checkKeyToPath(item, at.child('items').index(index), errors)
    const path = stringIn(item, 'path')
    if (path !== '') taken.take(path, name, volumeAt, errors)
  }
}

function checkToken(token: JsonObject, at: Place, volumeAt: Place, errors: FieldErrors): void {
  const seconds = numberIn(token, 'expirationSeconds')
  if (seconds < 600) {
    errors.invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes')
  }
  if (seconds > 2 ** 32) {
    const rule = 'may not specify a duration larger than 2^32 seconds'
    errors.invalid(at.child('expirationSeconds'), seconds, rule)
  }
  const path = stringIn(token, 'path')
  // Reported at the volume, as upstream.
  if (path === '') errors.required(volumeAt.child('path', []))
  else checkLocalPath(path, volumeAt.child('path', []), errors)
}

const sourceKinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken']

function checkSource(
  source: JsonObject,
  at: Place,
  volumeAt: Place,
  taken: TakenPaths,
  errors: FieldErrors,
): void {
  for (const kind of ['secret', 'configMap']) {
    const keys = objectOrNone(source, kind)
    if (keys) checkKeys(keys, at.child(kind), volumeAt, taken, errors)
  }
  for (const file of objectsIn(objectOrNone(source, 'downwardAPI') ?? {}, 'items')) {
    checkDownwardFile(file, at.child('downwardAPI'), errors)
    const path = stringIn(file, 'path')
    if (path !== '') taken.take(path, path, volumeAt, errors)
  }
  const token = objectOrNone(source, 'serviceAccountToken')
  if (token) checkToken(token, at.child('serviceAccountToken'), volumeAt, errors)
  if (sourceKinds.filter((kind) => objectOrNone(source, kind)).length > 1) {
    errors.forbidden(at, 'may not specify more than 1 volume type per source')
  }
}

/** A projected volume; several sources may not write the same file. */
export function checkProjected(projected: JsonObject, at: Place, errors: FieldErrors): void {
  checkFileMode(projected, 'defaultMode', at, errors)
  const taken = new TakenPaths()
  for (const [index, source] of objectsIn(projected, 'sources').entries()) {
    checkSource(source, at.child('sources').index(index), at, taken, errors)
  }
}
