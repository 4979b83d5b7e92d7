/** Requests and limits. Mirrors validateResourceRequirements of pkg/apis/core/validation and pkg/apis/core/helper. */

import { dns1123LabelErrors, qualifiedNameErrors } from '#kube/labels.ts'
import {
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityMilliValue,
  quantityValue,
  zeroQuantity,
} from '#kube/quantity.ts'
import { entriesIn, objectsIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { FieldErrors } from './field-errors.ts'
import type { Place } from './place.ts'

/** Resources that are counted in whole numbers. */
const wholeResources = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])
const containerResources = new Set(['cpu', 'memory', 'ephemeral-storage'])
const standardResources = new Set([
  ...wholeResources,
  ...[...containerResources].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  'storage',
  'requests.storage',
])

export const isHugePage = (name: string) => name.startsWith('hugepages-')
export const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
const isOvercommittable = (name: string) => isNative(name) && !isHugePage(name)

export function isExtended(name: string): boolean {
  if (isNative(name) || name.startsWith('requests.')) return false
  return qualifiedNameErrors(`requests.${name}`).length === 0
}

/** The quantities of a resource list, in the order of their names. */
export function quantitiesIn(holder: JsonObject, key: string): Map<string, Quantity> {
  return new Map(
    entriesIn(holder, key).map(([name, text]) => {
      const parsed = parseQuantity(text)
      return [name, parsed.ok ? parsed.quantity : zeroQuantity]
    }),
  )
}

type NameCheck = (name: string, at: Place, errors: FieldErrors) => void

/** Is it a resource's name at all? (validateResourceName) */
function checkName(name: string, at: Place, errors: FieldErrors): boolean {
  const wrong = qualifiedNameErrors(name)
  errors.invalidEach(at, name, wrong)
  if (wrong.length > 0) return false
  if (name.includes('/') || standardResources.has(name) || isHugePage(name)) return true
  errors.invalid(at, name, 'must be a standard resource type or fully qualified')
  return false
}

const checkContainerName: NameCheck = (name, at, errors) => {
  checkName(name, at, errors)
  if (!name.includes('/')) {
    if (!containerResources.has(name) && !isHugePage(name)) {
      errors.invalid(at, name, 'must be a standard resource for containers')
    }
  } else if (name.split('/').length > 1 && !isNative(name) && !isExtended(name)) {
    errors.invalid(at, name, "doesn't follow extended resource name standard")
  }
}

const checkPodName: NameCheck = (name, at, errors) => {
  if (!checkName(name, at, errors)) return
  const supported = name === 'cpu' || name === 'memory' || isHugePage(name)
  if (!supported) errors.notSupported(at, name, ['cpu', 'memory'])
}

/** Not negative, and whole where parts make no sense (ValidateResourceQuantityValue). */
function checkValue(name: string, quantity: Quantity, at: Place, errors: FieldErrors): void {
  const shown = formatQuantity(quantity)
  if (quantity.mantissa < 0n) errors.invalid(at, shown, 'must be greater than or equal to 0')
  const whole = wholeResources.has(name) || isExtended(name)
  if (whole && quantityMilliValue(quantity) % 1000n !== 0n) errors.invalid(at, shown, 'must be an integer')
  if (isHugePage(name) && !isDivisible(name, quantity)) {
    errors.invalid(at, shown, `${shown} is not positive integer multiple of ${name}`)
  }
}

function isDivisible(name: string, quantity: Quantity): boolean {
  const page = parseQuantity(name.slice('hugepages-'.length))
  if (!page.ok || page.quantity.mantissa <= 0n || quantityMilliValue(page.quantity) % 1000n !== 0n)
    return false
  return quantityValue(quantity) % quantityValue(page.quantity) === 0n
}

/** Requests do not exceed limits; what cannot be shared out twice has both, and equal. */
function checkAgainstLimit(
  name: string,
  request: Quantity,
  limit: Quantity | undefined,
  at: Place,
  errors: FieldErrors,
): void {
  const requestsAt = at.child('requests')
  if (!limit) {
    const rule = 'Limit must be set for non overcommitable resources'
    if (!isOvercommittable(name)) errors.required(at.child('limits'), rule)
    return
  }
  const order = compareQuantities(request, limit)
  const shown = formatQuantity(request)
  const limitShown = `${name} limit of ${formatQuantity(limit)}`
  if (order !== 0 && !isOvercommittable(name)) {
    errors.invalid(requestsAt, shown, `must be equal to ${limitShown}`)
  } else if (order > 0) errors.invalid(requestsAt, shown, `must be less than or equal to ${limitShown}`)
}

function checkRequirements(
  requirements: JsonObject,
  checkResource: NameCheck,
  claimNames: ReadonlySet<string>,
  at: Place,
  errors: FieldErrors,
): void {
  const limits = quantitiesIn(requirements, 'limits')
  const requests = quantitiesIn(requirements, 'requests')
  for (const [name, limit] of limits) {
    const here = at.child('limits').key(name)
    checkResource(name, here, errors)
    checkValue(name, limit, here, errors)
  }
  for (const [name, request] of requests) {
    const here = at.child('requests').key(name)
    checkResource(name, here, errors)
    checkValue(name, request, here, errors)
    checkAgainstLimit(name, request, limits.get(name), at, errors)
  }
  const names = [...limits.keys(), ...requests.keys()]
  if (names.some(isHugePage) && !names.includes('cpu') && !names.includes('memory')) {
    errors.forbidden(at, 'HugePages require cpu or memory')
  }
  checkClaims(objectsIn(requirements, 'claims'), claimNames, at.child('claims'), errors)
}

/** Claims that a container uses must be the pod's (validateResourceClaimNames). */
function checkClaims(
  claims: readonly JsonObject[],
  claimNames: ReadonlySet<string>,
  at: Place,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  for (const [index, claim] of claims.entries()) {
    const here = at.index(index)
    const name = stringIn(claim, 'name')
    const request = stringIn(claim, 'request')
    if (name === '') {
      errors.required(here)
      continue
    }
    const key = request === '' ? name : `${name}/${request}`
    if (seen.has(name)) errors.duplicate(here, name)
    else {
      if (request !== '') errors.invalidEach(here.child('request'), request, dns1123LabelErrors(request))
      if (seen.has(key)) errors.duplicate(here, key)
      else if (request === '') {
        for (const other of seen) if (other.startsWith(`${name}/`)) errors.duplicate(here, name)
      }
      seen.add(key)
    }
    if (!claimNames.has(name)) {
      const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`
      errors.notFound(here, name, `must be one of the names in pod.spec.resourceClaims${known}`)
    }
  }
}

/** A container's resources, or a pod's overhead as `{limits}`. */
export function checkContainerResources(
  requirements: JsonObject,
  claimNames: ReadonlySet<string>,
  at: Place,
  errors: FieldErrors,
): void {
  checkRequirements(requirements, checkContainerName, claimNames, at, errors)
}

/** The names and amounts of a pod's own resources. */
export function checkPodResources(requirements: JsonObject, at: Place, errors: FieldErrors): void {
  if (requirements.claims !== undefined) {
    errors.forbidden(at.child('claims'), 'claims cannot be set for Resources at pod-level')
  }
  checkRequirements(requirements, checkPodName, new Set(), at, errors)
}
