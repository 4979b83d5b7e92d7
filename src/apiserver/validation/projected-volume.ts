/** Projected volumes. Mirrors validateProjectionSources of pkg/apis/core/validation. */
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'
import { checkDownwardFile, checkFileMode, checkKeyToPath } from './volume-files.ts'

function checkToken(token: Place, volume: Place): void {
  const seconds = token.child('expirationSeconds')
  const tooShort = 'may not specify a duration less than 10 minutes'
  if (seconds.number < 600) seconds.invalid(seconds.number, tooShort)
  if (seconds.number > 2 ** 32) seconds.wrong('may not specify a duration larger than 2^32 seconds')
  // Reported at the volume, as upstream.
  const path = volume.child('path', []).holding(token.child('path').text)
  if (path.text === '') path.required()
  else checkLocalPath(path)
}

const sourceKinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken']

/** `taken`: the paths of sources before this one. What is taken twice is told at the volume, with the name of the source, as upstream. */
function checkSource(source: Place, volume: Place, taken: Set<string>): void {
  const take = (path: string, shown: string) => {
    if (taken.has(path)) volume.invalid(shown, 'conflicting duplicate paths')
    if (path !== '') taken.add(path)
  }
  for (const keys of ['secret', 'configMap'].map((kind) => source.child(kind))) {
    if (!keys.given) continue
    keys.needs('name')
    for (const item of keys.items('items')) {
      checkKeyToPath(item)
      take(item.child('path').text, keys.child('name').text)
    }
  }
  const downward = source.child('downwardAPI')
  for (const file of downward.items('items')) {
    // The server leaves the list and the index out.
    checkDownwardFile(downward.holding(file.value))
    take(file.child('path').text, file.child('path').text)
  }
  const token = source.child('serviceAccountToken')
  if (token.given) checkToken(token, volume)
  if (sourceKinds.filter((kind) => source.child(kind).given).length > 1)
    source.forbidden('may not specify more than 1 volume type per source')
}

/** A projected volume; several sources may not write the same file. */
export function checkProjected(projected: Place): void {
  checkFileMode(projected.child('defaultMode'))
  const taken = new Set<string>()
  for (const source of projected.items('sources')) checkSource(source, projected, taken)
}
