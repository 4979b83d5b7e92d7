/** Resources of a whole pod, since 1.34. Mirrors validatePodResources and AggregateContainerRequests. */
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  type Quantity,
  zeroQuantity,
} from '#kube/quantity.ts'
import { objectIn, objectsIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'
import { checkPodResources, isHugePage, quantitiesIn } from './resources.ts'

type Amounts = Map<string, Quantity>

function add(total: Amounts, more: Amounts): Amounts {
  const sum = new Map(total)
  for (const [name, amount] of more) sum.set(name, addQuantities(sum.get(name) ?? zeroQuantity, amount))
  return sum
}

function largest(a: Amounts, b: Amounts): Amounts {
  const both = new Map(a)
  for (const [name, amount] of b) {
    const other = both.get(name)
    if (!other || compareQuantities(amount, other) > 0) both.set(name, amount)
  }
  return both
}

/**
 * What the containers of a pod ask for (or are limited to) together: the regular ones with the sidecars, or more while an init
 * container runs.
 */
export function aggregate(spec: JsonObject, field: 'requests' | 'limits'): Amounts {
  const amountsOf = (container: JsonObject) => quantitiesIn(objectIn(container, 'resources'), field)
  let running = new Map<string, Quantity>()
  for (const container of objectsIn(spec, 'containers')) running = add(running, amountsOf(container))
  let sidecars = new Map<string, Quantity>()
  let starting = new Map<string, Quantity>()
  for (const container of objectsIn(spec, 'initContainers')) {
    const amounts = amountsOf(container)
    if (stringOrNone(container, 'restartPolicy') === 'Always') {
      running = add(running, amounts)
      sidecars = add(sidecars, amounts)
      starting = largest(starting, sidecars)
    } else starting = largest(starting, add(amounts, sidecars))
  }
  return largest(running, starting)
}

/**
 * What a pod asks for or is limited to as a whole: what it says of itself goes before the sum of its containers. Overhead is
 * not counted (podRequests and podLimits of plugin/pkg/admission/limitranger).
 */
export function podAmounts(spec: JsonObject, field: 'requests' | 'limits'): Amounts {
  const total = aggregate(spec, field)
  for (const [name, amount] of quantitiesIn(objectIn(spec, 'resources'), field))
    if (name === 'cpu' || name === 'memory' || isHugePage(name)) total.set(name, amount)
  return total
}

/** Names and amounts, and that the containers fit in what the pod sets (validatePodResourceConsistency). */
export function checkPodLevelResources(spec: Place): void {
  const resources = spec.child('resources')
  if (!resources.given) return
  if (spec.child('os').child('name').text === 'windows') {
    resources.forbidden('may not be set for a windows pod')
    return
  }
  checkPodResources(resources)
  for (const field of ['requests', 'limits'] as const) {
    const own = quantitiesIn(resources.object, field)
    for (const [name, total] of aggregate(spec.object, field)) {
      const most = own.get(name)
      if (!most || compareQuantities(total, most) <= 0 || (field === 'limits' && !isHugePage(name))) continue
      const rule = `must be greater than or equal to aggregate container ${field} of ${formatQuantity(total)}`
      resources.child(field).key(name).invalid(formatQuantity(most), rule)
    }
  }
  const limits = quantitiesIn(resources.object, 'limits')
  for (const [index, container] of spec.items('containers').entries())
    for (const [name, limit] of quantitiesIn(container.child('resources').object, 'limits')) {
      const own = limits.get(name)
      if (!own || compareQuantities(limit, own) <= 0) continue
      // Upstream's name for the place; the document has it elsewhere.
      const here = resources.child(`containers[${index}][${name}].limits`, [])
      const rule = `must be less than or equal to pod limits of ${formatQuantity(own)}`
      here.invalid(formatQuantity(limit), rule)
    }
}
