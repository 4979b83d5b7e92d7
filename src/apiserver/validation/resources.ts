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

type NameCheck = (name: string, at: Place) => void

/** Is it a resource's name at all? (validateResourceName) */
function checkName(name: string, at: Place): boolean {
  const wrong = qualifiedNameErrors(name)
  at.invalidEach(name, wrong)
  if (wrong.length > 0) return false
  if (name.includes('/') || standardResources.has(name) || isHugePage(name)) return true
  at.invalid(name, 'must be a standard resource type or fully qualified')
  return false
}

const checkContainerName: NameCheck = (name, at) => {
  checkName(name, at)
  if (!name.includes('/')) {
    if (!containerResources.has(name) && !isHugePage(name)) {
      at.invalid(name, 'must be a standard resource for containers')
    }
  } else if (name.split('/').length > 1 && !isNative(name) && !isExtended(name)) {
    at.invalid(name, "doesn't follow extended resource name standard")
  }
}

const checkPodName: NameCheck = (name, at) => {
  if (!checkName(name, at)) return
  const supported = name === 'cpu' || name === 'memory' || isHugePage(name)
  if (!supported) at.notSupported(name, ['cpu', 'memory'])
}

/** Not negative, and whole where parts make no sense (ValidateResourceQuantityValue). */
function checkValue(name: string, quantity: Quantity, at: Place): void {
  const shown = formatQuantity(quantity)
  if (quantity.mantissa < 0n) at.invalid(shown, 'must be greater than or equal to 0')
  const whole = wholeResources.has(name) || isExtended(name)
  if (whole && quantityMilliValue(quantity) % 1000n !== 0n) at.invalid(shown, 'must be an integer')
  if (isHugePage(name) && !isDivisible(name, quantity)) {
    at.invalid(shown, `${shown} is not positive integer multiple of ${name}`)
  }
}

function isDivisible(name: string, quantity: Quantity): boolean {
  const page = parseQuantity(name.slice('hugepages-'.length))
  if (!page.ok || page.quantity.mantissa <= 0n || quantityMilliValue(page.quantity) % 1000n !== 0n)
    return false
  return quantityValue(quantity) % quantityValue(page.quantity) === 0n
}

/** Requests do not exceed limits; what cannot be shared out twice has both, and equal. */
function checkAgainstLimit(name: string, request: Quantity, limit: Quantity | undefined, at: Place): void {
  const requestsAt = at.child('requests')
  if (!limit) {
    const rule = 'Limit must be set for non overcommitable resources'
    if (!isOvercommittable(name)) at.child('limits').required(rule)
    return
  }
  const order = compareQuantities(request, limit)
  const shown = formatQuantity(request)
  const limitShown = `${name} limit of ${formatQuantity(limit)}`
  if (order !== 0 && !isOvercommittable(name)) {
    requestsAt.invalid(shown, `must be equal to ${limitShown}`)
  } else if (order > 0) requestsAt.invalid(shown, `must be less than or equal to ${limitShown}`)
}

function checkRequirements(
  requirements: JsonObject,
  checkResource: NameCheck,
  claimNames: ReadonlySet<string>,
  at: Place,
): void {
  const limits = quantitiesIn(requirements, 'limits')
  const requests = quantitiesIn(requirements, 'requests')
  for (const [name, limit] of limits) {
    const here = at.child('limits').key(name)
    checkResource(name, here)
    checkValue(name, limit, here)
  }
  for (const [name, request] of requests) {
    const here = at.child('requests').key(name)
    checkResource(name, here)
    checkValue(name, request, here)
    checkAgainstLimit(name, request, limits.get(name), at)
  }
  const names = [...limits.keys(), ...requests.keys()]
  if (names.some(isHugePage) && !names.includes('cpu') && !names.includes('memory')) {
    at.forbidden('HugePages require cpu or memory')
  }
  checkClaims(objectsIn(requirements, 'claims'), claimNames, at.child('claims'))
}

/** Claims that a container uses must be the pod's (validateResourceClaimNames). */
function checkClaims(claims: readonly JsonObject[], claimNames: ReadonlySet<string>, at: Place): void {
  const seen = new Set<string>()
  for (const [claim, here] of at.each(claims)) {
    const name = stringIn(claim, 'name')
    const request = stringIn(claim, 'request')
    if (name === '') {
      here.required()
      continue
    }
    const key = request === '' ? name : `${name}/${request}`
    if (seen.has(name)) here.duplicate(name)
    else {
      if (request !== '') here.child('request').invalidEach(request, dns1123LabelErrors(request))
      if (seen.has(key)) here.duplicate(key)
      else if (request === '') {
        for (const other of seen) if (other.startsWith(`${name}/`)) here.duplicate(name)
      }
      seen.add(key)
    }
    if (!claimNames.has(name)) {
      const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`
      here.notFound(name, `must be one of the names in pod.spec.resourceClaims${known}`)
    }
  }
}

/** A container's resources, or a pod's overhead as `{limits}`. */
export function checkContainerResources(
  requirements: JsonObject,
  claimNames: ReadonlySet<string>,
  at: Place,
): void {
  checkRequirements(requirements, checkContainerName, claimNames, at)
}

/** The names and amounts of a pod's own resources. */
export function checkPodResources(requirements: JsonObject, at: Place): void {
  if (requirements.claims !== undefined) {
    at.child('claims').forbidden('claims cannot be set for Resources at pod-level')
  }
  checkRequirements(requirements, checkPodName, new Set(), at)
}
