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
import type { JsonObject, Maybe } from '#kube/types.ts'

/**
 * What a `resourceFieldRef` such as `limits.cpu` of a container comes to, in units of its divisor and rounded up; empty
 * for a resource that kubectl does not know.
 *
 * Mirrors ExtractContainerResourceValue of k8s.io/kubectl/pkg/util/resource.
 */
export function resourceFieldValue(name: string, divisor: string, resources: Maybe<JsonObject>): string {
  const [, list = '', resource = ''] = /^(limits|requests)\.(.+)$/.exec(name) ?? []
  if (!/^(cpu|memory|ephemeral-storage|hugepages-.*)$/.test(resource)) return ''
  const quantity = entriesIn(resources, list).find(([key]) => key === resource)?.[1] ?? '0'
  const units = resource === 'cpu' ? quantityMilliValue : quantityValue
  const one = resource === 'cpu' ? 1000n : 1n
  const per = units(read(divisor)) || one
  return String(Math.ceil(Number(units(read(quantity))) / Number(per)))
}

/** A quantity as Go prints it; a text that is none stays as it is. */
export function canonicalQuantity(text: string): string {
  const parsed = parseQuantity(text)
  return 'quantity' in parsed ? formatQuantity(parsed.quantity) : text
}

/** Whether there is a quantity, and more than zero of it. */
export function isPositiveQuantity(text: string): boolean {
  return text !== '' && compareQuantities(read(text), zeroQuantity) > 0
}

function read(text: string): Quantity {
  const parsed = parseQuantity(text)
  return 'quantity' in parsed ? parsed.quantity : zeroQuantity
}
