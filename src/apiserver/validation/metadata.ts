/** An object's metadata. Mirrors k8s.io/apimachinery `api/validation` objectmeta.go. */
import { goJson } from '#kube/go-text.ts'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { numberIn, stringsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkAnnotations, checkLabels } from './labels.ts'
import { generateNameErrors, validateNamespaceName } from './names.ts'
import type { Place } from './place.ts'

function checkOwner(owner: Place): void {
  const apiVersion = owner.child('apiVersion')
  const [first = '', ...more] = apiVersion.text.split('/')
  const version = more.length === 1 ? more[0] : first
  if (version === '' || more.length > 1) apiVersion.wrong('version must not be empty')
  for (const name of ['kind', 'name', 'uid'])
    if (owner.child(name).text === '') owner.child(name).wrong('must not be empty')
  if (apiVersion.text === 'v1' && owner.child('kind').text === 'Event')
    owner.wrong('/v1, Kind=Event is disallowed from being an owner')
}

/** The server reports every owner at the list itself. */
function checkOwners(owners: Place): void {
  let controller = ''
  for (const { value } of owners.each()) {
    const owner = owners.holding(value)
    checkOwner(owner)
    if (owner.child('controller').value !== true) continue
    const name = `${owner.child('kind').text}/${owner.child('name').text}`
    if (controller === '') controller = name
    else {
      const found = `Found "true" in references for ${controller} and ${name}`
      owners.wrong(`Only one reference can have Controller set to true. ${found}`)
    }
  }
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion']

function checkFinalizers(at: Place): void {
  const finalizers = at.each().map(({ text }) => text)
  for (const finalizer of finalizers) at.invalidEach(finalizer, qualifiedNameErrors(finalizer))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    at.wrong('finalizer orphan and foregroundDeletion cannot be both set')
}

/** Checked after everything else of the metadata: a finalizer without a slash must be one of Kubernetes' own. */
function checkFinalizerNames(at: Place): void {
  for (const finalizer of at.each())
    if (!finalizer.text.includes('/') && !standardFinalizers.includes(finalizer.text))
      finalizer.wrong('name is neither a standard finalizer name nor is it fully qualified')
}

/**
 * The metadata of a new object, and of any other (ValidateObjectMetaAccessor of k8s.io/apimachinery). Managed fields that are
 * none are forgotten before the server comes here.
 *
 * @param namespaced does the object live in a namespace? An absent one counts as `default`.
 * @param nameErrors what is wrong with a name; that it is no DNS subdomain, where nothing else is said
 */
export function checkAnyObjectMeta(
  at: Place,
  namespaced: boolean,
  nameErrors: (name: string) => readonly string[] = dns1123SubdomainErrors,
): void {
  const generateName = at.child('generateName')
  generateName.keepsAny(generateNameErrors)
  const name = at.child('name')
  if (name.text !== '') name.keeps(nameErrors)
  // The server makes a name up before it checks; a bad prefix makes a bad name.
  else if (generateName.text === '') name.required('name or generateName is required')
  else name.holding(`${generateName.text.slice(0, 58)}xxxxx`).keeps(nameErrors)
  const namespace = at.child('namespace')
  if (namespaced) namespace.keepsAny(validateNamespaceName)
  else if (namespace.text !== '') namespace.forbidden('not allowed on this type')
  at.child('generation').nonnegative()
  checkLabels(at.child('labels'))
  checkAnnotations(at.child('annotations'))
  checkOwners(at.child('ownerReferences'))
  checkFinalizers(at.child('finalizers'))
}

/** As {@link checkAnyObjectMeta}, for one of Kubernetes' own kinds (ValidateObjectMeta of pkg/apis/core). */
export function checkObjectMeta(...of: Parameters<typeof checkAnyObjectMeta>): void {
  checkAnyObjectMeta(...of)
  checkFinalizerNames(of[0].child('finalizers'))
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]

/** What no update may do to metadata (ValidateObjectMetaAccessorUpdate). */
export function checkAnyObjectMetaUpdate(at: Place, old: JsonObject): void {
  if (old.deletionTimestamp !== undefined && old.deletionTimestamp !== null) {
    const before = new Set(stringsIn(old, 'finalizers'))
    const added = stringsIn(at.value, 'finalizers').filter((finalizer) => !before.has(finalizer))
    if (added.length > 0) {
      const found = `[]string{${added.sort().map(goJson).join(', ')}}`
      const rule = 'no new finalizers can be added if the object is being deleted'
      at.child('finalizers').forbidden(`${rule}, found new finalizers ${found}`)
    }
  }
  const version = at.child('resourceVersion')
  if (version.text === '') version.wrong('must be specified for an update')
  const generation = at.child('generation')
  if (generation.number < numberIn(old, 'generation'))
    generation.invalid(generation.number, 'must not be decremented')
  for (const name of immutable) at.immutable(name, old)
  checkLabels(at.child('labels'))
  checkAnnotations(at.child('annotations'))
  checkOwners(at.child('ownerReferences'))
}

/** As {@link checkAnyObjectMetaUpdate}, for one of Kubernetes' own kinds (ValidateObjectMetaUpdate of pkg/apis/core). */
export function checkObjectMetaUpdate(at: Place, old: JsonObject): void {
  checkAnyObjectMetaUpdate(at, old)
  checkFinalizerNames(at.child('finalizers'))
}
