/** The claim template of a generic ephemeral volume. Mirrors ValidatePersistentVolumeClaimSpec. */
import { dns1123SubdomainErrors } from '#kube/labels.ts'
import { parseQuantity } from '#kube/quantity.ts'
import { structSpec } from '../schema/schema.ts'
import { checkAnnotations, checkLabelSelector, checkLabels } from './labels.ts'
import { validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']

/** Only labels and annotations may be set (ValidateTemplateObjectMeta). */
function checkTemplateMeta(at: Place): void {
  checkAnnotations(at.child('annotations'))
  checkLabels(at.child('labels'))
  for (const name of structSpec('ObjectMeta').keys()) {
    if (name === 'labels' || name === 'annotations' || at.object[name] === undefined) continue
    // Go field names with a small first letter: `uID` is what upstream says for `uid`.
    at.child(name === 'uid' ? 'uID' : name, [name]).forbidden('cannot be set')
  }
}

function checkAccessModes(at: Place): void {
  const modes = at.each().map(({ text }) => text)
  for (const mode of modes) at.holding(mode).oneOf(accessModes)
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))
  if (modes.includes('ReadWriteOncePod') && others)
    at.forbidden('may not use ReadWriteOncePod with other access modes')
}

function checkStorage(at: Place): void {
  if (at.textOrNone === undefined) {
    at.required()
    return
  }
  const parsed = parseQuantity(at.text)
  if (parsed.ok && parsed.quantity.mantissa <= 0n) at.wrong('must be greater than zero')
}

function checkDataSource(at: Place): void {
  const kind = at.child('kind').text
  at.needs('name', 'kind')
  if (at.child('apiGroup').text === '' && kind !== 'PersistentVolumeClaim')
    at.invalid(kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  at.child('apiGroup').keepsAny(dns1123SubdomainErrors)
  at.child('namespace').keepsAny(validateNamespaceName)
}

function checkDataSources(at: Place): void {
  const source = at.child('dataSource')
  const ref = at.child('dataSourceRef')
  for (const one of [source, ref]) if (one.given) checkDataSource(one)
  if (!source.given || !ref.given) return
  const same = ['apiGroup', 'kind', 'name'].every((name) => source.object[name] === ref.object[name])
  if (ref.child('namespace').text !== '')
    at.invalid(source.field, 'may not be specified when dataSourceRef.namespace is specified')
  else if (!same) at.invalid(source.field, 'must match dataSourceRef')
}

function checkClaimSpec(at: Place): void {
  const modes = at.child('accessModes')
  if (modes.each().length === 0) modes.required('at least 1 access mode is required')
  checkLabelSelector(at.child('selector'))
  checkAccessModes(modes)
  // Upstream leaves `requests` out of the name.
  checkStorage(at.child('resources[storage]', ['resources', 'requests', 'storage']))
  at.child('storageClassName').keepsAny(dns1123SubdomainErrors)
  at.child('volumeMode').optionalChoice(volumeModes)
  checkDataSources(at)
  at.child('volumeAttributesClassName').keepsAny(dns1123SubdomainErrors)
}

/** A generic ephemeral volume. */
export function checkEphemeralVolume(at: Place): void {
  const template = at.child('volumeClaimTemplate')
  if (!template.given) {
    template.required()
    return
  }
  checkTemplateMeta(template.child('metadata'))
  checkClaimSpec(template.child('spec'))
}
