/** Environment variables and their sources. Mirrors ValidateEnv and ValidateEnvFrom. */
import { dns1123LabelErrors, dns1123SubdomainErrors } from '#kube/labels.ts'
import { allContainers } from './all-containers.ts'
import { checkFieldRef, checkResourceFieldRef, envFieldPaths } from './downward-api.ts'
import { configKeyErrors, envNameErrors, generateNameErrors } from './names.ts'
import { checkNoBacksteps } from './paths.ts'
import type { Place } from './place.ts'

type Check = (source: Place) => void

const checkKeyRef: Check = (source) => {
  source.child('name').keeps(dns1123SubdomainErrors)
  source.child('key').keepsText(configKeyErrors)
}

/** A key of a file in a volume, since 1.35 (validateFileKeySelector). */
const checkFileKeyRef: Check = (source) => {
  source.child('key').keepsText(envNameErrors)
  source.child('volumeName').keepsText(dns1123LabelErrors)
  source.needs('path')
  checkNoBacksteps(source.child('path'))
}

const sources: Readonly<Record<string, Check>> = {
  fieldRef: (source) => checkFieldRef(source, envFieldPaths),
  resourceFieldRef: (source) => checkResourceFieldRef(source, false),
  configMapKeyRef: checkKeyRef,
  secretKeyRef: checkKeyRef,
  fileKeyRef: checkFileKeyRef,
}

const tooMany = 'may not have more than one field specified at a time'

function checkValueFrom(variable: Place): void {
  const from = variable.child('valueFrom')
  if (!from.given) return
  const given = Object.entries(sources).filter(([kind]) => from.child(kind).given)
  for (const [kind, check] of given) check(from.child(kind))
  if (given.length === 0) {
    const kinds = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    from.invalid('', `must specify one of: ${kinds}`)
  } else if (variable.child('value').text !== '')
    from.invalid('', 'may not be specified when `value` is not empty')
  else if (given.length > 1) from.invalid('', tooMany)
}

/** The variables of a container. */
export function checkEnv(at: Place): void {
  for (const variable of at.each()) {
    variable.child('name').keepsText(envNameErrors)
    checkValueFrom(variable)
  }
}

/** Whole ConfigMaps and Secrets as variables; what is wrong with their number is reported at the list, as upstream. */
export function checkEnvFrom(at: Place): void {
  for (const entry of at.each()) {
    entry.child('prefix').keepsAny(envNameErrors)
    const given = ['configMapRef', 'secretRef'].map((kind) => entry.child(kind)).filter((one) => one.given)
    for (const source of given) source.child('name').keepsText(generateNameErrors)
    if (given.length === 0) at.invalid('', 'must specify one of: `configMapRef` or `secretRef`')
    else if (given.length > 1) at.invalid('', tooMany)
  }
}

/** Files that variables are read from must be in an emptyDir of the pod. */
export function checkEnvVolumes(spec: Place): void {
  const volumes = new Map(spec.items('volumes').map((volume) => [volume.child('name').text, volume]))
  for (const variable of allContainers(spec).flatMap((container) => container.items('env'))) {
    const ref = variable.child('valueFrom').child('fileKeyRef')
    if (!ref.given) continue
    const name = ref.child('volumeName')
    const volume = volumes.get(name.text)
    if (!volume) name.notFound()
    else if (!volume.child('emptyDir').given) name.wrong('referenced volume must be of type emptyDir')
  }
}
