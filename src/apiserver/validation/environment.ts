/** Environment variables and their sources. Mirrors ValidateEnv and ValidateEnvFrom. */
import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { allContainers } from './all-containers.ts'
import { checkFieldRef, checkResourceFieldRef, envFieldPaths } from './downward-api.ts'
import type { FieldErrors } from './field-errors.ts'
import { configKeyErrors, envNameErrors, generateNameErrors } from './names.ts'
import { checkLocalPath } from './paths.ts'
import type { Place } from './place.ts'

type Check = (source: JsonObject, at: Place, errors: FieldErrors) => void

const checkKeyRef: Check = (source, at, errors) => {
  const name = stringIn(source, 'name')
  const key = stringIn(source, 'key')
  errors.invalidEach(at.child('name'), name, dns1123SubdomainErrors(name))
  if (key === '') errors.required(at.child('key'))
  else errors.invalidEach(at.child('key'), key, configKeyErrors(key))
}

/** A key of a file in a volume, since 1.35 (validateFileKeySelector). */
const checkFileKeyRef: Check = (source, at, errors) => {
  const volume = stringIn(source, 'volumeName')
  if (volume === '') errors.required(at.child('volumeName'))
  else errors.invalidEach(at.child('volumeName'), volume, dns1123LabelErrors(volume))
  const path = stringIn(source, 'path')
  if (path === '') errors.required(at.child('path'))
  else checkLocalPath(path, at.child('path'), errors)
  const key = stringIn(source, 'key')
  if (key === '') errors.required(at.child('key'))
  else errors.invalidEach(at.child('key'), key, envNameErrors(key))
}

const sources: Readonly<Record<string, Check>> = {
  fieldRef: (source, at, errors) => checkFieldRef(source, envFieldPaths, at, errors),
  resourceFieldRef: (source, at, errors) => checkResourceFieldRef(source, false, at, errors),
  configMapKeyRef: checkKeyRef,
  secretKeyRef: checkKeyRef,
  fileKeyRef: checkFileKeyRef,
}

function checkValueFrom(variable: JsonObject, at: Place, errors: FieldErrors): void {
  const from = objectOrNone(variable, 'valueFrom')
  if (!from) return
  let count = 0
  for (const [kind, check] of Object.entries(sources)) {
    const source = objectOrNone(from, kind)
    if (!source) continue
    count++
    check(source, at.child(kind), errors)
  }
  if (count === 0) {
    const kinds = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    errors.invalid(at, '', `must specify one of: ${kinds}`)
  } else if (stringIn(variable, 'value') !== '') {
    errors.invalid(at, '', 'may not be specified when `value` is not empty')
  } else if (count > 1) errors.invalid(at, '', 'may not have more than one field specified at a time')
}

/** The variables of a container. */
export function checkEnv(variables: readonly JsonObject[], at: Place, errors: FieldErrors): void {
  for (const [index, variable] of variables.entries()) {
    const here = at.index(index)
    const name = stringIn(variable, 'name')
    if (name === '') errors.required(here.child('name'))
    else errors.invalidEach(here.child('name'), name, envNameErrors(name))
    checkValueFrom(variable, here.child('valueFrom'), errors)
  }
}

/** Whole ConfigMaps and Secrets as variables; what is wrong with their number is reported at the list, as upstream. */
export function checkEnvFrom(list: readonly JsonObject[], at: Place, errors: FieldErrors): void {
  for (const [index, entry] of list.entries()) {
    const here = at.index(index)
    const prefix = stringIn(entry, 'prefix')
    if (prefix !== '') errors.invalidEach(here.child('prefix'), prefix, envNameErrors(prefix))
    let count = 0
    for (const kind of ['configMapRef', 'secretRef']) {
      const source = objectOrNone(entry, kind)
      if (!source) continue
      count++
      const name = stringIn(source, 'name')
      if (name === '') errors.required(here.child(kind).child('name'))
      else errors.invalidEach(here.child(kind).child('name'), name, generateNameErrors(name))
    }
    if (count === 0) errors.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')
    else if (count > 1) errors.invalid(at, '', 'may not have more than one field specified at a time')
  }
}

/** Files that variables are read from must be in an emptyDir of the pod. */
export function checkEnvVolumes(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const volumes = new Map(objectsIn(spec, 'volumes').map((volume) => [stringIn(volume, 'name'), volume]))
  for (const { container, place } of allContainers(spec, at)) {
    for (const [index, variable] of objectsIn(container, 'env').entries()) {
      const ref = objectOrNone(objectIn(variable, 'valueFrom'), 'fileKeyRef')
      if (!ref) continue
      const here = place.child('env').index(index).child('valueFrom').child('fileKeyRef').child('volumeName')
      const name = stringIn(ref, 'volumeName')
      const volume = volumes.get(name)
      if (!volume) errors.notFound(here, name)
      else if (!objectOrNone(volume, 'emptyDir')) {
        errors.invalid(here, name, 'referenced volume must be of type emptyDir')
      }
    }
  }
}
