/** An object's metadata. Mirrors k8s.io/apimachinery `api/validation` objectmeta.go. */

import { goJson } from '#kube/go-text.ts'
import { dns1123SubdomainErrors, qualifiedNameErrors, utf8Length } from '#kube/labels.ts'
import { boolIn, numberIn, objectsIn, stringIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkOptionalText } from './choices.ts'
import { checkAnnotations, checkLabels } from './labels.ts'
import { generateNameErrors, validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

function checkOwner(owner: JsonObject, at: Place): void {
  const apiVersion = stringIn(owner, 'apiVersion')
  const version = apiVersion.split('/').length === 2 ? (apiVersion.split('/')[1] ?? '') : apiVersion
  const malformed = apiVersion.split('/').length > 2
  if (version === '' || malformed) {
    at.child('apiVersion').invalid(apiVersion, 'version must not be empty')
  }
  for (const name of ['kind', 'name', 'uid']) {
    const value = stringIn(owner, name)
    if (value === '') at.child(name).invalid(value, 'must not be empty')
  }
  if (apiVersion === 'v1' && stringIn(owner, 'kind') === 'Event') {
    at.invalid(owner, '/v1, Kind=Event is disallowed from being an owner')
  }
}

/** The server reports every owner at the list itself. */
function checkOwners(metadata: JsonObject, at: Place): void {
  let controller = ''
  const owners = objectsIn(metadata, 'ownerReferences')
  for (const owner of owners) {
    checkOwner(owner, at)
    if (!boolIn(owner, 'controller')) continue
    const name = `${stringIn(owner, 'kind')}/${stringIn(owner, 'name')}`
    if (controller === '') controller = name
    else {
      const found = `Found "true" in references for ${controller} and ${name}`
      at.invalid(owners, `Only one reference can have Controller set to true. ${found}`)
    }
  }
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion']

function checkFinalizers(metadata: JsonObject, at: Place): void {
  const finalizers = stringsIn(metadata, 'finalizers')
  for (const finalizer of finalizers) at.invalidEach(finalizer, qualifiedNameErrors(finalizer))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    at.invalid(finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')
  }
}

/** Checked after everything else of the metadata: a finalizer without a slash must be one of Kubernetes' own. */
function checkFinalizerNames(metadata: JsonObject, at: Place): void {
  for (const [finalizer, here] of at.each(stringsIn(metadata, 'finalizers'))) {
    if (!finalizer.includes('/') && !standardFinalizers.includes(finalizer)) {
      const rule = 'name is neither a standard finalizer name nor is it fully qualified'
      here.invalid(finalizer, rule)
    }
  }
}

function checkManagedFields(metadata: JsonObject, at: Place): void {
  for (const [entry, here] of at.each(objectsIn(metadata, 'managedFields'))) {
    const operation = stringIn(entry, 'operation')
    if (operation !== 'Apply' && operation !== 'Update') {
      here.child('operation').invalid(operation, 'must be `Apply` or `Update`')
    }
    const type = stringIn(entry, 'fieldsType')
    if (type !== '' && type !== 'FieldsV1') here.child('fieldsType').invalid(type, 'must be `FieldsV1`')
    if (utf8Length(stringIn(entry, 'manager')) > 128) here.child('manager').tooLong(128)
    if (utf8Length(stringIn(entry, 'subresource')) > 256) here.child('subresource').tooLong(256)
  }
}

function checkCommon(metadata: JsonObject, at: Place): void {
  at.child('generation').nonnegative(numberIn(metadata, 'generation'))
  checkLabels(metadata, 'labels', at.child('labels'))
  checkAnnotations(metadata, at.child('annotations'))
  checkOwners(metadata, at.child('ownerReferences'))
  checkFinalizers(metadata, at.child('finalizers'))
  checkManagedFields(metadata, at.child('managedFields'))
}

/**
 * The metadata of a new object (ValidateObjectMeta).
 *
 * @param namespaced does the object live in a namespace? An absent one counts as `default`.
 * @param nameErrors what is wrong with a name; that it is no DNS subdomain, where nothing else is said
 */
export function checkObjectMeta(
  metadata: JsonObject,
  namespaced: boolean,
  at: Place,
  nameErrors: (name: string) => readonly string[] = dns1123SubdomainErrors,
): void {
  const generateName = stringIn(metadata, 'generateName')
  checkOptionalText(metadata, 'generateName', generateNameErrors, at)
  const name = stringIn(metadata, 'name')
  if (name !== '') at.child('name').invalidEach(name, nameErrors(name))
  // The server makes a name up before it checks; a bad prefix makes a bad name.
  else if (generateName === '') at.child('name').required('name or generateName is required')
  else {
    const generated = `${generateName.slice(0, 58)}xxxxx`
    at.child('name').invalidEach(generated, nameErrors(generated))
  }
  if (namespaced) checkOptionalText(metadata, 'namespace', validateNamespaceName, at)
  else if (stringIn(metadata, 'namespace') !== '') at.child('namespace').forbidden('not allowed on this type')
  checkCommon(metadata, at)
  checkFinalizerNames(metadata, at.child('finalizers'))
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
export function checkObjectMetaUpdate(next: JsonObject, old: JsonObject, at: Place): void {
  if (old.deletionTimestamp !== undefined && old.deletionTimestamp !== null) {
    const before = new Set(stringsIn(old, 'finalizers'))
    const added = stringsIn(next, 'finalizers').filter((finalizer) => !before.has(finalizer))
    if (added.length > 0) {
      const found = `[]string{${added.sort().map(goJson).join(', ')}}`
      const rule = 'no new finalizers can be added if the object is being deleted'
      at.child('finalizers').forbidden(`${rule}, found new finalizers ${found}`)
    }
  }
  const version = stringIn(next, 'resourceVersion')
  if (version === '') at.child('resourceVersion').invalid(version, 'must be specified for an update')
  if (numberIn(next, 'generation') < numberIn(old, 'generation')) {
    at.child('generation').invalid(numberIn(next, 'generation'), 'must not be decremented')
  }
  for (const name of immutable) at.immutable(name, next, old)
  checkLabels(next, 'labels', at.child('labels'))
  checkAnnotations(next, at.child('annotations'))
  checkOwners(next, at.child('ownerReferences'))
  checkManagedFields(next, at.child('managedFields'))
  checkFinalizerNames(next, at.child('finalizers'))
}
