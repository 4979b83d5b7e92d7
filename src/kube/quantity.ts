/**
 * Kubernetes quantities (`500m`, `1Gi`, `2e3`), exact: k8s.io/apimachinery pkg/api/resource. A quantity remembers the form it
 * was written in and is printed in the canonical form of it, byte for byte as the API server stores it.
 */

type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  /** The amount is `mantissa` times ten to the `scale`. */
  readonly mantissa: bigint
  readonly scale: number
  readonly format: QuantityFormat
  /** The text as written, when upstream prints it unchanged: it takes some texts for canonical that are not. */
  readonly literal?: string
}

type QuantityResult =
  | { readonly ok: true; readonly quantity: Quantity }
  | { readonly ok: false; readonly error: string }

const formatError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const numberError = 'unable to parse numeric part of quantity'
const suffixError = "unable to parse quantity's suffix"

const shape = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/
const decimalSuffixes: readonly (readonly [string, number])[] = [
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
/** Smaller parts than a billionth are rounded up. */
const smallestScale = -9
/** The largest amount in binary form; larger ones are capped. */
const largestBinary = 2n ** 63n - 1n
/** Amounts that differ by more orders of magnitude are not added digit by digit: the larger is the sum. */
const largestShift = 100_000

interface Suffix {
  readonly format: QuantityFormat
  readonly exponent: number
}

function interpretSuffix(suffix: string): Suffix | undefined {
  const decimal = decimalSuffixes.find(([text]) => text === suffix)
  if (decimal !== undefined) return { format: 'DecimalSI', exponent: decimal[1] }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary >= 0) return { format: 'BinarySI', exponent: (binary + 1) * 10 }
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)?.[1]
  if (exponent === undefined) return undefined
  const value = BigInt(exponent)
  if (BigInt.asIntN(64, value) !== value) return undefined
  // Upstream keeps the exponent in 32 bits and lets it wrap.
  return { format: 'DecimalExponent', exponent: Number(BigInt.asIntN(32, value)) }
}

/** Reads a quantity as the wire has it: a string or a number. `error` is Kubernetes' own text. */
export function parseQuantity(given: string | number): QuantityResult {
  // The JSON decoder trims the text that it hands on.
  const text = String(given).trim()
  const found = text === '' ? null : shape.exec(text)
  if (found === null) return { ok: false, error: formatError }
  const [, sign = '', digits = '', fraction = '', suffixText = ''] = found
  const suffix = interpretSuffix(suffixText)
  if (suffix === undefined) return { ok: false, error: suffixError }
  const whole = digits === '' ? '0' : digits
  if (whole.length + fraction.length > largestShift) return { ok: false, error: numberError }
  const unsigned = BigInt(whole + fraction)
  const binary = suffix.format === 'BinarySI'
  const amount = limit(
    binary ? unsigned * 2n ** BigInt(suffix.exponent) : unsigned,
    (binary ? 0 : suffix.exponent) - fraction.length,
    suffix.format,
  )
  const quantity = { ...amount, mantissa: sign === '-' ? -amount.mantissa : amount.mantissa }
  const literal = printedAsWritten(whole, fraction, unsigned, suffix) ? { literal: text } : {}
  return { ok: true, quantity: { ...quantity, ...literal } }
}

/** Rounds up to a billionth, caps binary amounts, and shows binary amounts below one in decimal form. */
function limit(mantissa: bigint, scale: number, format: QuantityFormat): Quantity {
  const rounded = roundUp(mantissa, scale, smallestScale)
  if (format !== 'BinarySI') return { ...rounded, format }
  const one = { mantissa: 1n, scale: 0 }
  if (compareAmounts(rounded, { mantissa: largestBinary, scale: 0 }) > 0) {
    return { mantissa: largestBinary, scale: 0, format }
  }
  return { ...rounded, format: compareAmounts(rounded, one) < 0 ? 'DecimalSI' : format }
}

/** Upstream's fast path takes a short number in steps of a thousand for canonical and keeps its text: `1.500`, `01Ki`. */
function printedAsWritten(whole: string, fraction: string, unsigned: bigint, suffix: Suffix): boolean {
  const { format, exponent } = suffix
  if (format === 'BinarySI') {
    const precision = 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1
    return fraction === '' && precision >= 0 && (unsigned & 7n) !== 0n
  }
  const scale = exponent - fraction.length
  const shifted = whole + fraction
  if (shifted.length > 18 || scale < smallestScale || scale % 3 !== 0) return false
  return !shifted.endsWith('000') && !shifted.startsWith('0')
}

interface Amount {
  readonly mantissa: bigint
  readonly scale: number
}

const magnitude = (value: bigint) => (value < 0n ? -value : value)
const digitCount = (value: bigint) => magnitude(value).toString().length

/** The amount in steps of ten to the `scale`, rounded away from zero. */
function roundUp(mantissa: bigint, from: number, scale: number): Amount {
  const shift = scale - from
  if (shift <= 0 || mantissa === 0n) return { mantissa, scale: from }
  const sign = mantissa < 0n ? -1n : 1n
  if (digitCount(mantissa) <= shift) return { mantissa: sign, scale }
  const divisor = 10n ** BigInt(shift)
  const rest = mantissa % divisor
  return { mantissa: mantissa / divisor + (rest === 0n ? 0n : sign), scale }
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return compareAmounts(a, b)
}

function compareAmounts(a: Amount, b: Amount): number {
  const [signOfA, signOfB] = [signOf(a.mantissa), signOf(b.mantissa)]
  if (signOfA !== signOfB || signOfA === 0) return Math.sign(signOfA - signOfB)
  // Orders of magnitude first: exponents may be far too large to write the numbers out.
  const order = digitCount(a.mantissa) + a.scale - (digitCount(b.mantissa) + b.scale)
  if (order !== 0) return Math.sign(order) * signOfA
  const base = Math.min(a.scale, b.scale)
  const difference = a.mantissa * 10n ** BigInt(a.scale - base) - b.mantissa * 10n ** BigInt(b.scale - base)
  return signOf(difference)
}

const signOf = (value: bigint) => (value > 0n ? 1 : value < 0n ? -1 : 0)

/** The sum. It keeps the form of `a`, or takes that of `b` when `a` is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const format = a.mantissa === 0n ? b.format : a.format
  if (a.mantissa === 0n || b.mantissa === 0n) {
    const { mantissa, scale } = a.mantissa === 0n ? b : a
    return { mantissa, scale, format }
  }
  const base = Math.min(a.scale, b.scale)
  if (Math.max(a.scale, b.scale) - base > largestShift) {
    const { mantissa, scale } = a.scale > b.scale ? a : b
    return { mantissa, scale, format }
  }
  const mantissa = a.mantissa * 10n ** BigInt(a.scale - base) + b.mantissa * 10n ** BigInt(b.scale - base)
  return { mantissa, scale: base, format }
}

/** Zero, in decimal form: where a sum begins. */
export const zeroQuantity: Quantity = { mantissa: 0n, scale: 0, format: 'DecimalSI' }

/**
 * The quantity as the API server stores a resource's: rounded up to thousandths (`SetDefaults_ResourceList`), otherwise as
 * written or canonical.
 */
export function roundUpToMilli(quantity: Quantity): Quantity {
  if (quantity.scale >= -3) return quantity
  const { mantissa, scale } = roundUp(quantity.mantissa, quantity.scale, -3)
  return { mantissa, scale, format: quantity.format }
}

/** The number of whole units, rounded up, for capacity arithmetic on bytes and pods. */
export function quantityValue(quantity: Quantity): bigint {
  const { mantissa, scale } = roundUp(quantity.mantissa, quantity.scale, 0)
  return mantissa * 10n ** BigInt(Math.min(scale, largestShift))
}

/** The number of thousandths, rounded up: milli-CPUs. */
export function quantityMilliValue(quantity: Quantity): bigint {
  return quantityValue({ ...quantity, scale: quantity.scale + 3 })
}

/**
 * The canonical text, as Go prints it: no fraction, the largest suffix that loses nothing. Binary amounts between -1024 and
 * 1024, or with a fraction, are printed in decimal form. A decimal amount beyond exa loses its suffix, as upstream's does.
 */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.literal !== undefined) return quantity.literal
  const { mantissa, scale, format } = quantity
  if (mantissa === 0n) return '0'
  if (format === 'BinarySI') {
    const whole = scale >= 0 || roundUp(mantissa, scale, 0).mantissa * 10n ** BigInt(-scale) === mantissa
    const kibi = { mantissa: 1024n, scale: 0 }
    if (whole && compareAmounts({ mantissa: magnitude(mantissa), scale }, kibi) >= 0) {
      return formatBinary(quantityValue(quantity))
    }
  }
  return formatDecimal(mantissa, scale, format)
}

function formatBinary(value: bigint): string {
  let [rest, power] = [value, 0]
  while (rest % 1024n === 0n) {
    rest /= 1024n
    power++
  }
  return `${rest}${binarySuffixes[power - 1] ?? ''}`
}

function formatDecimal(mantissa: bigint, scale: number, format: QuantityFormat): string {
  const digits = mantissa.toString()
  const significant = digits.replace(/0+$/, '')
  let exponent = scale + digits.length - significant.length
  let number = significant
  while (exponent % 3 !== 0) {
    number += '0'
    exponent--
  }
  if (format === 'DecimalExponent') return exponent === 0 ? number : `${number}e${exponent}`
  return number + (decimalSuffixes.find(([, power]) => power === exponent)?.[0] ?? '')
}
