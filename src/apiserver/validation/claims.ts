/** The claim template of a generic ephemeral volume. Mirrors ValidatePersistentVolumeClaimSpec. */
import { dns1123SubdomainErrors } from '#kube/labels.ts'
import { parseQuantity } from '#kube/quantity.ts'
import { objectIn, objectOrNone, stringIn, stringOrNone, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { structSpec } from '../schema/schema.ts'
import { checkGiven, checkOptionalChoice, checkOptionalText } from './choices.ts'
import { checkAnnotations, checkLabelSelector, checkLabels } from './labels.ts'
import { validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']

/** Only labels and annotations may be set (ValidateTemplateObjectMeta). */
function checkTemplateMeta(metadata: JsonObject, at: Place): void {
  checkAnnotations(metadata, at.child('annotations'))
  checkLabels(metadata, 'labels', at.child('labels'))
  for (const name of structSpec('ObjectMeta').keys()) {
    if (name === 'labels' || name === 'annotations' || metadata[name] === undefined) continue
    // Go field names with a small first letter: `uID` is what upstream says for `uid`.
    at.child(name === 'uid' ? 'uID' : name, [name]).forbidden('cannot be set')
  }
}

function checkAccessModes(spec: JsonObject, at: Place): void {
  const modes = stringsIn(spec, 'accessModes')
  for (const mode of modes) at.oneOf(mode, accessModes)
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))
  if (modes.includes('ReadWriteOncePod') && others) {
    at.forbidden('may not use ReadWriteOncePod with other access modes')
  }
}

function checkStorage(spec: JsonObject, at: Place): void {
  const text = stringOrNone(objectIn(objectIn(spec, 'resources'), 'requests'), 'storage')
  if (text === undefined) {
    at.required()
    return
  }
  const parsed = parseQuantity(text)
  if (parsed.ok && parsed.quantity.mantissa <= 0n) at.invalid(text, 'must be greater than zero')
}

function checkDataSource(source: JsonObject, at: Place): void {
  const group = stringIn(source, 'apiGroup')
  const kind = stringIn(source, 'kind')
  checkGiven(source, ['name', 'kind'], at)
  if (group === '' && kind !== 'PersistentVolumeClaim') {
    at.invalid(kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  }
  checkOptionalText(source, 'apiGroup', dns1123SubdomainErrors, at)
  checkOptionalText(source, 'namespace', validateNamespaceName, at)
}

function checkDataSources(spec: JsonObject, at: Place): void {
  const source = objectOrNone(spec, 'dataSource')
  const ref = objectOrNone(spec, 'dataSourceRef')
  if (source) checkDataSource(source, at.child('dataSource'))
  if (ref) checkDataSource(ref, at.child('dataSourceRef'))
  if (!source || !ref) return
  const same = ['apiGroup', 'kind', 'name'].every((name) => source[name] === ref[name])
  const shown = at.child('dataSource').field
  if (stringIn(ref, 'namespace') !== '') {
    at.invalid(shown, 'may not be specified when dataSourceRef.namespace is specified')
  } else if (!same) at.invalid(shown, 'must match dataSourceRef')
}

function checkClaimSpec(spec: JsonObject, at: Place): void {
  if (stringsIn(spec, 'accessModes').length === 0) {
    at.child('accessModes').required('at least 1 access mode is required')
  }
  checkLabelSelector(objectOrNone(spec, 'selector'), at.child('selector'))
  checkAccessModes(spec, at.child('accessModes'))
  // Upstream leaves `requests` out of the name.
  checkStorage(spec, at.child('resources[storage]', ['resources', 'requests', 'storage']))
  checkOptionalText(spec, 'storageClassName', dns1123SubdomainErrors, at)
  checkOptionalChoice(spec, 'volumeMode', volumeModes, at)
  checkDataSources(spec, at)
  checkOptionalText(spec, 'volumeAttributesClassName', dns1123SubdomainErrors, at)
}

/** A generic ephemeral volume. */
export function checkEphemeralVolume(source: JsonObject, at: Place): void {
  const template = objectOrNone(source, 'volumeClaimTemplate')
  const here = at.child('volumeClaimTemplate')
  if (!template) {
    here.required()
    return
  }
  checkTemplateMeta(objectIn(template, 'metadata'), here.child('metadata'))
  checkClaimSpec(objectIn(template, 'spec'), here.child('spec'))
}
