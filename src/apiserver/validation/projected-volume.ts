/** Projected volumes. Mirrors validateProjectionSources of pkg/apis/core/validation. */
import { numberIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkDownwardFile, checkFileMode, checkKeyToPath } from './volume-files.ts'

/** The paths that sources before this one have taken. */
class TakenPaths {
  readonly #taken = new Set<string>()

  /** Reports at the volume, with the name of the source, as upstream. */
  take(path: string, shown: string, at: Place): void {
    if (this.#taken.has(path)) at.invalid(shown, 'conflicting duplicate paths')
    this.#taken.add(path)
  }
}

function checkKeys(source: JsonObject, at: Place, volumeAt: Place, taken: TakenPaths): void {
  const name = stringIn(source, 'name')
  if (name === '') at.child('name').required()
  for (const [item, here] of at.items(source, 'items')) {
    checkKeyToPath(item, here)
    const path = stringIn(item, 'path')
    if (path !== '') taken.take(path, name, volumeAt)
  }
}

function checkToken(token: JsonObject, at: Place, volumeAt: Place): void {
  const seconds = numberIn(token, 'expirationSeconds')
  if (seconds < 600) {
    at.child('expirationSeconds').invalid(seconds, 'may not specify a duration less than 10 minutes')
  }
  if (seconds > 2 ** 32) {
    const rule = 'may not specify a duration larger than 2^32 seconds'
    at.child('expirationSeconds').invalid(seconds, rule)
  }
  const path = stringIn(token, 'path')
  // Reported at the volume, as upstream.
  if (path === '') volumeAt.child('path', []).required()
  else checkLocalPath(path, volumeAt.child('path', []))
}

const sourceKinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken']

function checkSource(source: JsonObject, at: Place, volumeAt: Place, taken: TakenPaths): void {
  for (const kind of ['secret', 'configMap']) {
    const keys = objectOrNone(source, kind)
    if (keys) checkKeys(keys, at.child(kind), volumeAt, taken)
  }
  for (const file of objectsIn(objectOrNone(source, 'downwardAPI') ?? {}, 'items')) {
    checkDownwardFile(file, at.child('downwardAPI'))
    const path = stringIn(file, 'path')
    if (path !== '') taken.take(path, path, volumeAt)
  }
  const token = objectOrNone(source, 'serviceAccountToken')
  if (token) checkToken(token, at.child('serviceAccountToken'), volumeAt)
  if (sourceKinds.filter((kind) => objectOrNone(source, kind)).length > 1) {
    at.forbidden('may not specify more than 1 volume type per source')
  }
}

/** A projected volume; several sources may not write the same file. */
export function checkProjected(projected: JsonObject, at: Place): void {
  checkFileMode(projected, 'defaultMode', at)
  const taken = new TakenPaths()
  for (const [source, here] of at.items(projected, 'sources')) {
    checkSource(source, here, at, taken)
  }
}
