/** An object's metadata. Mirrors k8s.io/apimachinery `api/validation` objectmeta.go. */
import { goJson } from '#kube/go-text.ts'
import { dns1123SubdomainErrors, qualifiedNameErrors, utf8Length } from '#kube/labels.ts'
import { boolIn, numberIn, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { FieldErrors } from './field-errors.ts'
import { checkAnnotations, checkLabels } from './labels.ts'
import { generateNameErrors, validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

function checkOwner(owner: JsonObject, at: Place, errors: FieldErrors): void {
  const apiVersion = stringIn(owner, 'apiVersion')
  const version = apiVersion.split('/').length === 2 ? (apiVersion.split('/')[1] ?? '') : apiVersion
  const malformed = apiVersion.split('/').length > 2
  if (version === '' || malformed) {
    errors.invalid(at.child('apiVersion'), apiVersion, 'version must not be empty')
  }
  for (const name of ['kind', 'name', 'uid']) {
    const value = stringIn(owner, name)
    if (value === '') errors.invalid(at.child(name), value, 'must not be empty')
  }
  if (apiVersion === 'v1' && stringIn(owner, 'kind') === 'Event') {
    errors.invalid(at, owner, '/v1, Kind=Event is disallowed from being an owner')
  }
}

/** The server reports every owner at the list itself. */
function checkOwners(metadata: JsonObject, at: Place, errors: FieldErrors): void {
  let controller = ''
  const owners = objectsIn(metadata, 'ownerReferences')
  for (const owner of owners) {
    checkOwner(owner, at, errors)
    if (!boolIn(owner, 'controller')) continue
    const name = `${stringIn(owner, 'kind')}/${stringIn(owner, 'name')}`
    if (controller === '') controller = name
    else {
      const found = `Found "true" in references for ${controller} and ${name}`
      errors.invalid(at, owners, `Only one reference can have Controller set to true. ${found}`)
    }
  }
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion']

function checkFinalizers(metadata: JsonObject, at: Place, errors: FieldErrors): void {
  const finalizers = stringsIn(metadata, 'finalizers')
  for (const finalizer of finalizers) errors.invalidEach(at, finalizer, qualifiedNameErrors(finalizer))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')
  }
}

/** Checked after everything else of the metadata: a finalizer without a slash must be one of Kubernetes' own. */
function checkFinalizerNames(metadata: JsonObject, at: Place, errors: FieldErrors): void {
  for (const [index, finalizer] of stringsIn(metadata, 'finalizers').entries()) {
    if (!finalizer.includes('/') && !standardFinalizers.includes(finalizer)) {
      const rule = 'name is neither a standard finalizer name nor is it fully qualified'
      errors.invalid(at.index(index), finalizer, rule)
    }
  }
}

function checkManagedFields(metadata: JsonObject, at: Place, errors: FieldErrors): void {
  for (const [index, entry] of objectsIn(metadata, 'managedFields').entries()) {
    const here = at.index(index)
    const operation = stringIn(entry, 'operation')
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.invalid(here.child('operation'), operation, 'must be `Apply` or `Update`')
    }
    const type = stringIn(entry, 'fieldsType')
    if (type !== '' && type !== 'FieldsV1')
      errors.invalid(here.child('fieldsType'), type, 'must be `FieldsV1`')
    if (utf8Length(stringIn(entry, 'manager')) > 128) errors.tooLong(here.child('manager'), 128)
    if (utf8Length(stringIn(entry, 'subresource')) > 256) errors.tooLong(here.child('subresource'), 256)
  }
}

function checkCommon(metadata: JsonObject, at: Place, errors: FieldErrors): void {
  errors.nonnegative(at.child('generation'), numberIn(metadata, 'generation'))
  checkLabels(metadata, 'labels', at.child('labels'), errors)
  checkAnnotations(metadata, at.child('annotations'), errors)
  checkOwners(metadata, at.child('ownerReferences'), errors)
  checkFinalizers(metadata, at.child('finalizers'), errors)
  checkManagedFields(metadata, at.child('managedFields'), errors)
}

/**
 * The metadata of a new object whose name is a DNS subdomain (ValidateObjectMeta).
 *
 * @param namespaced does the object live in a namespace? An absent one counts as `default`.
 */
export function checkObjectMeta(
  metadata: JsonObject,
  namespaced: boolean,
  at: Place,
  errors: FieldErrors,
): void {
  const generateName = stringIn(metadata, 'generateName')
  if (generateName !== '') {
    errors.invalidEach(at.child('generateName'), generateName, generateNameErrors(generateName))
  }
  const name = stringIn(metadata, 'name')
  if (name !== '') errors.invalidEach(at.child('name'), name, dns1123SubdomainErrors(name))
  // The server makes a name up before it checks; a bad prefix makes a bad name.
  else if (generateName === '') errors.required(at.child('name'), 'name or generateName is required')
  else {
    const generated = `${generateName.slice(0, 58)}xxxxx`
    errors.invalidEach(at.child('name'), generated, dns1123SubdomainErrors(generated))
  }
  const namespace = stringIn(metadata, 'namespace')
  if (namespaced) {
    if (namespace !== '')
      errors.invalidEach(at.child('namespace'), namespace, validateNamespaceName(namespace))
  } else if (namespace !== '') errors.forbidden(at.child('namespace'), 'not allowed on this type')
  checkCommon(metadata, at, errors)
  checkFinalizerNames(metadata, at.child('finalizers'), errors)
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]

/** What an update may not do to metadata (ValidateObjectMetaUpdate). */
export function checkObjectMetaUpdate(
  next: JsonObject,
  old: JsonObject,
  at: Place,
  errors: FieldErrors,
): void {
  if (old.deletionTimestamp !== undefined && old.deletionTimestamp !== null) {
    const before = new Set(stringsIn(old, 'finalizers'))
    const added = stringsIn(next, 'finalizers').filter((finalizer) => !before.has(finalizer))
    if (added.length > 0) {
      const found = `[]string{${added.sort().map(goJson).join(', ')}}`
      const rule = 'no new finalizers can be added if the object is being deleted'
      errors.forbidden(at.child('finalizers'), `${rule}, found new finalizers ${found}`)
    }
  }
  const version = stringIn(next, 'resourceVersion')
  if (version === '') errors.invalid(at.child('resourceVersion'), version, 'must be specified for an update')
  if (numberIn(next, 'generation') < numberIn(old, 'generation')) {
    errors.invalid(at.child('generation'), numberIn(next, 'generation'), 'must not be decremented')
  }
  for (const name of immutable) {
    const value = next[name] ?? null
    if (value !== (old[name] ?? null)) errors.invalid(at.child(name), value, 'field is immutable')
  }
  checkLabels(next, 'labels', at.child('labels'), errors)
  checkAnnotations(next, at.child('annotations'), errors)
  checkOwners(next, at.child('ownerReferences'), errors)
  checkManagedFields(next, at.child('managedFields'), errors)
  checkFinalizerNames(next, at.child('finalizers'), errors)
}
