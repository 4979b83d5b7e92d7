/** Environment variables and their sources. Mirrors ValidateEnv and ValidateEnvFrom. */

import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import { checkOptionalText, checkText } from './choices.ts'
import { checkFieldRef, checkResourceFieldRef, envFieldPaths } from './downward-api.ts'
import { configKeyErrors, envNameErrors, generateNameErrors } from './names.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'

type Check = (source: JsonObject, at: Place) => void

const checkKeyRef: Check = (source, at) => {
  const name = stringIn(source, 'name')
  at.child('name').invalidEach(name, dns1123SubdomainErrors(name))
  checkText(source, 'key', configKeyErrors, at)
}

/** A key of a file in a volume, since 1.35 (validateFileKeySelector). */
const checkFileKeyRef: Check = (source, at) => {
  checkText(source, 'volumeName', dns1123LabelErrors, at)
  const path = stringIn(source, 'path')
  if (path === '') at.child('path').required()
  else checkLocalPath(path, at.child('path'))
  checkText(source, 'key', envNameErrors, at)
}

const sources: Readonly<Record<string, Check>> = {
  fieldRef: (source, at) => checkFieldRef(source, envFieldPaths, at),
  resourceFieldRef: (source, at) => checkResourceFieldRef(source, false, at),
  configMapKeyRef: checkKeyRef,
  secretKeyRef: checkKeyRef,
  fileKeyRef: checkFileKeyRef,
}

function checkValueFrom(variable: JsonObject, at: Place): void {
  const from = objectOrNone(variable, 'valueFrom')
  if (!from) return
  let count = 0
  for (const [kind, check] of Object.entries(sources)) {
    const source = objectOrNone(from, kind)
    if (!source) continue
    count++
    check(source, at.child(kind))
  }
  if (count === 0) {
    const kinds = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    at.invalid('', `must specify one of: ${kinds}`)
  } else if (stringIn(variable, 'value') !== '') {
    at.invalid('', 'may not be specified when `value` is not empty')
  } else if (count > 1) at.invalid('', 'may not have more than one field specified at a time')
}

/** The variables of a container. */
export function checkEnv(variables: readonly JsonObject[], at: Place): void {
  for (const [variable, here] of at.each(variables)) {
    checkText(variable, 'name', envNameErrors, here)
    checkValueFrom(variable, here.child('valueFrom'))
  }
}

/** Whole ConfigMaps and Secrets as variables; what is wrong with their number is reported at the list, as upstream. */
export function checkEnvFrom(list: readonly JsonObject[], at: Place): void {
  for (const [entry, here] of at.each(list)) {
    checkOptionalText(entry, 'prefix', envNameErrors, here)
    let count = 0
    for (const kind of ['configMapRef', 'secretRef']) {
      const source = objectOrNone(entry, kind)
      if (!source) continue
      count++
      checkText(source, 'name', generateNameErrors, here.child(kind))
    }
    if (count === 0) at.invalid('', 'must specify one of: `configMapRef` or `secretRef`')
    else if (count > 1) at.invalid('', 'may not have more than one field specified at a time')
  }
}

/** Files that variables are read from must be in an emptyDir of the pod. */
export function checkEnvVolumes(spec: JsonObject, at: Place): void {
  const volumes = new Map(objectsIn(spec, 'volumes').map((volume) => [stringIn(volume, 'name'), volume]))
  for (const { container, place } of allContainers(spec, at)) {
    for (const [index, variable] of objectsIn(container, 'env').entries()) {
      const ref = objectOrNone(objectIn(variable, 'valueFrom'), 'fileKeyRef')
      if (!ref) continue
      const here = place.child('env').index(index).child('valueFrom').child('fileKeyRef').child('volumeName')
      const name = stringIn(ref, 'volumeName')
      const volume = volumes.get(name)
      if (!volume) here.notFound(name)
      else if (!objectOrNone(volume, 'emptyDir')) {
        here.invalid(name, 'referenced volume must be of type emptyDir')
      }
    }
  }
}
