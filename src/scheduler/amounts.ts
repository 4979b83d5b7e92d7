import { parseQuantity, quantityMilliValue, quantityValue } from '#kube/quantity.ts'

/** `value` in the resource's own unit (cores, bytes, pieces), `text` as a Kubernetes quantity. */
export interface Amount {
  readonly value: number
  readonly text: string
}

/** Few different texts stand in many pods. */
const read = new Map<string, number | undefined>()
const mostRemembered = 10_000

/**
 * A quantity in the whole units in which the scheduler reckons: thousandths of a core for `cpu`, bytes or pieces for
 * anything else, rounded up. Undefined when it cannot be read.
 */
export function parseAmount(resource: string, quantity: string | number): number | undefined {
  const key = `${resource === 'cpu'}${quantity}`
  if (read.has(key)) return read.get(key)
  const result = parseQuantity(quantity)
  const amount = result.ok
    ? Number(resource === 'cpu' ? quantityMilliValue(result.quantity) : quantityValue(result.quantity))
    : undefined
  if (read.size >= mostRemembered) read.clear()
  read.set(key, amount)
  return amount
}

const inBytes = (resource: string) =>
  resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-')

const binaryUnits = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** Bytes in the largest unit of which there is one, to a tenth. */
function bytesText(bytes: number, round: (value: number) => number): string {
  let unit = 0
  let amount = bytes
  while (amount >= 1024 && unit < binaryUnits.length - 1) {
    amount /= 1024
    unit++
  }
  return `${round(amount * 10) / 10}${binaryUnits[unit]}`
}

/** An amount in the units of `parseAmount`, with a text short enough to read; `round` makes whole tenths of a larger unit. */
export function amountOf(resource: string, units: number, round = Math.floor): Amount {
  if (resource === 'cpu')
    return { value: units / 1000, text: units % 1000 === 0 ? `${units / 1000}` : `${units}m` }
  if (!inBytes(resource)) return { value: units, text: `${units}` }
  return { value: units, text: bytesText(units, round) }
}
