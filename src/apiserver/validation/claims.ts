/** The claim template of a generic ephemeral volume. Mirrors ValidatePersistentVolumeClaimSpec. */
import { dns1123SubdomainErrors } from '#kube/labels.ts'
import { parseQuantity } from '#kube/quantity.ts'
import { objectIn, objectOrNone, stringIn, stringOrNone, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { structSpec } from '../schema/schema.ts'
import { checkOptionalChoice } from './choices.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkAnnotations, checkLabelSelector, checkLabels } from './labels.ts'
import { validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']

/** Only labels and annotations may be set (ValidateTemplateObjectMeta). */
function checkTemplateMeta(metadata: JsonObject, at: Place, errors: FieldErrors): void {
  checkAnnotations(metadata, at.child('annotations'), errors)
  checkLabels(metadata, 'labels', at.child('labels'), errors)
  for (const name of structSpec('ObjectMeta').keys()) {
    if (name === 'labels' || name === 'annotations' || metadata[name] === undefined) continue
    // Go field names with a small first letter: `uID` is what upstream says for `uid`.
    errors.forbidden(at.child(name === 'uid' ? 'uID' : name, [name]), 'cannot be set')
  }
}

function checkAccessModes(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const modes = stringsIn(spec, 'accessModes')
  for (const mode of modes) if (!accessModes.includes(mode)) errors.notSupported(at, mode, accessModes)
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))
  if (modes.includes('ReadWriteOncePod') && others) {
    errors.forbidden(at, 'may not use ReadWriteOncePod with other access modes')
  }
}

function checkStorage(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const text = stringOrNone(objectIn(objectIn(spec, 'resources'), 'requests'), 'storage')
  if (text === undefined) {
    errors.required(at)
    return
  }
  const parsed = parseQuantity(text)
  if (parsed.ok && parsed.quantity.mantissa <= 0n) errors.invalid(at, text, 'must be greater than zero')
}

function checkDataSource(source: JsonObject, at: Place, errors: FieldErrors): void {
  const group = stringIn(source, 'apiGroup')
  const kind = stringIn(source, 'kind')
  for (const name of ['name', 'kind']) if (stringIn(source, name) === '') errors.required(at.child(name))
  if (group === '' && kind !== 'PersistentVolumeClaim') {
    errors.invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  }
  if (group !== '') errors.invalidEach(at.child('apiGroup'), group, dns1123SubdomainErrors(group))
  const namespace = stringIn(source, 'namespace')
  if (namespace !== '') errors.invalidEach(at.child('namespace'), namespace, validateNamespaceName(namespace))
}

function checkDataSources(spec: JsonObject, at: Place, errors: FieldErrors): void {
  const source = objectOrNone(spec, 'dataSource')
  const ref = objectOrNone(spec, 'dataSourceRef')
  if (source) checkDataSource(source, at.child('dataSource'), errors)
  if (ref) checkDataSource(ref, at.child('dataSourceRef'), errors)
  if (!source || !ref) return
  const same = ['apiGroup', 'kind', 'name'].every((name) => source[name] === ref[name])
  const shown = at.child('dataSource').field
  if (stringIn(ref, 'namespace') !== '') {
    errors.invalid(at, shown, 'may not be specified when dataSourceRef.namespace is specified')
  } else if (!same) errors.invalid(at, shown, 'must match dataSourceRef')
}

function checkClaimSpec(spec: JsonObject, at: Place, errors: FieldErrors): void {
  if (stringsIn(spec, 'accessModes').length === 0) {
    errors.required(at.child('accessModes'), 'at least 1 access mode is required')
  }
  checkLabelSelector(objectOrNone(spec, 'selector'), at.child('selector'), errors)
  checkAccessModes(spec, at.child('accessModes'), errors)
  // Upstream leaves `requests` out of the name.
  checkStorage(spec, at.child('resources[storage]', ['resources', 'requests', 'storage']), errors)
  const storageClass = stringIn(spec, 'storageClassName')
  if (storageClass !== '') {
    errors.invalidEach(at.child('storageClassName'), storageClass, dns1123SubdomainErrors(storageClass))
  }
  checkOptionalChoice(spec, 'volumeMode', volumeModes, at, errors)
  checkDataSources(spec, at, errors)
  const attributes = stringIn(spec, 'volumeAttributesClassName')
  if (attributes !== '') {
    errors.invalidEach(at.child('volumeAttributesClassName'), attributes, dns1123SubdomainErrors(attributes))
  }
}

/** A generic ephemeral volume. */
export function checkEphemeralVolume(source: JsonObject, at: Place, errors: FieldErrors): void {
  const template = objectOrNone(source, 'volumeClaimTemplate')
  const here = at.child('volumeClaimTemplate')
  if (!template) {
    errors.required(here)
    return
  }
  checkTemplateMeta(objectIn(template, 'metadata'), here.child('metadata'), errors)
  checkClaimSpec(objectIn(template, 'spec'), here.child('spec'), errors)
}
