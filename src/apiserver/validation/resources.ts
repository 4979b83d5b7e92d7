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
import { entriesIn } from '#kube/read.ts'
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

/** `at`: the resource's own place. */
type NameCheck = (name: string, at: Place) => void

/** Is it a resource's name at all? (validateResourceName) */
function checkName(name: string, at: Place): boolean {
  if (!at.invalidEach(name, qualifiedNameErrors(name))) return false
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
  if (!supported) at.notSupported(name, ['cpu', 'hugepages-', 'memory'])
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
  if (!limit) {
    const rule = 'Limit must be set for non overcommitable resources'
    if (!isOvercommittable(name)) at.child('limits').required(rule)
    return
  }
  const order = compareQuantities(request, limit)
  const most = `${name} limit of ${formatQuantity(limit)}`
  const equal = !isOvercommittable(name)
  if (equal ? order !== 0 : order > 0)
    at.child('requests').invalid(
      formatQuantity(request),
      `must be ${equal ? 'equal to' : 'less than or equal to'} ${most}`,
    )
}

function checkRequirements(at: Place, checkResource: NameCheck, claimNames: ReadonlySet<string>): void {
  const limits = quantitiesIn(at.object, 'limits')
  const requests = quantitiesIn(at.object, 'requests')
  const check = (list: string, name: string, quantity: Quantity) => {
    const here = at.child(list).key(name)
    checkResource(name, here)
    checkValue(name, quantity, here)
  }
  for (const [name, limit] of limits) check('limits', name, limit)
  for (const [name, request] of requests) {
    check('requests', name, request)
    checkAgainstLimit(name, request, limits.get(name), at)
  }
  const names = [...limits.keys(), ...requests.keys()]
  if (names.some(isHugePage) && !names.includes('cpu') && !names.includes('memory')) {
    at.forbidden('HugePages require cpu or memory')
  }
  checkClaims(at.child('claims'), claimNames)
}

/** Claims that a container uses must be the pod's (validateResourceClaimNames). */
function checkClaims(claims: Place, claimNames: ReadonlySet<string>): void {
  const seen = new Set<string>()
  for (const claim of claims.each()) {
    const name = claim.child('name').text
    const request = claim.child('request')
    if (name === '') {
      claim.required()
      continue
    }
    const key = request.text === '' ? name : `${name}/${request.text}`
    if (seen.has(name)) claim.duplicate(name)
    else {
      request.keepsAny(dns1123LabelErrors)
      if (seen.has(key)) claim.duplicate(key)
      else if (request.text === '') {
        for (const other of seen) if (other.startsWith(`${name}/`)) claim.duplicate(name)
      }
      seen.add(key)
    }
    if (!claimNames.has(name)) {
      const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`
      claim.holding(name).notFound(`must be one of the names in pod.spec.resourceClaims${known}`)
    }
  }
}

/** A container's resources, or a pod's overhead as `{limits}`. */
export const checkContainerResources = (at: Place, claimNames: ReadonlySet<string>): void =>
  checkRequirements(at, checkContainerName, claimNames)

/** The names and amounts of a pod's own resources. */
export function checkPodResources(at: Place): void {
  if (at.object.claims !== undefined)
    at.child('claims').forbidden('claims may not be set for Resources at pod-level')
  checkRequirements(at, checkPodName, new Set())
}
