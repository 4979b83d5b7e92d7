/**
 * What a YAML scalar means to kubectl: sigs.k8s.io/yaml on go-yaml v2, which reads YAML 1.1 with its own exceptions.
 * Mirrors `resolve` in sigs.k8s.io/yaml/goyaml.v2/resolve.go.
 */

const named = new Map<string, boolean | null | number>([
  ...words(true, 'y Y yes Yes YES true True TRUE on On ON'),
  ...words(false, 'n N no No NO false False FALSE off Off OFF'),
  ...words(null, '~ null Null NULL'),
  ['', null],
  ...words(Number.NaN, '.nan .NaN .NAN'),
  ...words(Number.POSITIVE_INFINITY, '.inf .Inf .INF +.inf +.Inf +.INF'),
  ...words(Number.NEGATIVE_INFINITY, '-.inf -.Inf -.INF'),
])

function words<T>(value: T, list: string): [string, T][] {
  return list.split(' ').map((word) => [word, value])
}

const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/
const based = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const dotFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)?$/
const date = '[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])'
const time = '(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](?:[.,][0-9]+)?'
const timestamp = new RegExp(`^${date}(?:[Tt]${time}(?:Z|[-+][0-9]{2}:[0-9]{2})| ${time})?$`)

/** First characters with which a plain scalar may be anything but a string. */
const special = new Uint8Array(128)
for (const char of '+-0123456789yYnNtTfFoO~.') special[char.charCodeAt(0)] = 1

/** The value of a scalar that stands unquoted and without a tag: string, number, boolean or null. */
export function resolvePlain(text: string): string | number | boolean | null {
  if (text === '') return null
  const first = text.charCodeAt(0)
  if (first > 127 || special[first] === 0) return text
  const known = named.get(text)
  if (known !== undefined) return known
  if (first === 0x2e) return dotFloat.test(text) ? Number(text.replaceAll('_', '')) : text
  return first <= 0x39 ? resolveNumber(text) : text
}

function resolveNumber(text: string): string | number {
  const last = text.charCodeAt(text.length - 1)
  const digit = (last >= 0x30 && last <= 0x39) || (last >= 0x61 && last <= 0x66) || last === 0x2e
  if (!digit && last !== 0x5f && !(last >= 0x41 && last <= 0x46)) return text
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  if (decimal.test(plain)) return Number(plain)
  const match = based.exec(plain)
  if (match) {
    const [, sign, hex, binary, octal] = match
    const magnitude = Number.parseInt(hex ?? binary ?? octal ?? '0', hex ? 16 : binary ? 2 : 8)
    return sign === '-' ? -magnitude : magnitude
  }
  if (!float.test(plain)) return text
  const value = Number(plain)
  return Number.isFinite(value) ? value : text
}

/** Whether a plain scalar is a timestamp; its value is a string all the same. */
export const isTimestamp = (text: string) => timestamp.test(text)

type TagResult = { value: string | number | boolean | null } | { problem: string }

const standard = 'tag:yaml.org,2002:'

/** A tag in its short form: `tag:yaml.org,2002:int` and `!<tag:yaml.org,2002:int>` are `!!int`. */
export function shortTag(tag: string): string {
  const name = tag.startsWith('!<') && tag.endsWith('>') ? tag.slice(2, -1) : tag
  return name.startsWith(standard) ? `!!${name.slice(standard.length)}` : name
}

/** What the bytes spell as UTF-8; up to the padding, and without what is no Base64, as lenient decoders read it. */
function decodedBase64(text: string): string {
  const digits = (text.split('=')[0] ?? '')
    .replace(/[^\w+/-]/g, '')
    .replace(/-/g, '+')
    .replace(/_/g, '/')
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits
  return new TextDecoder().decode(Uint8Array.from(atob(whole), (char) => char.charCodeAt(0)))
}

/** The value of a scalar with an explicit tag; tags that go-yaml does not know leave the text as it is. */
export function resolveTagged(tag: string, text: string): TagResult {
  if (tag === '!!binary') return { value: decodedBase64(text) }
  if (!['!!bool', '!!int', '!!float', '!!null', '!!timestamp'].includes(tag)) return { value: text }
  const value = resolvePlain(text)
  const isTime = isTimestamp(text)
  const found = isTime ? '!!timestamp' : kindOf(value, text)
  if (found === tag) return { value: isTime ? text : value }
  if (tag === '!!float' && found === '!!int') return { value }
  return { problem: `cannot read ${found} \`${text}\` as a ${tag}` }
}

function kindOf(value: unknown, text: string): string {
  if (value === null) return '!!null'
  if (typeof value === 'boolean') return '!!bool'
  if (typeof value === 'string') return '!!str'
  const plain = text.replaceAll('_', '')
  return decimal.test(plain) || based.test(plain) ? '!!int' : '!!float'
}

/**
 * The name that a mapping key becomes, or undefined where kubectl refuses the key: sigs.k8s.io/yaml turns numbers and
 * booleans into text and knows no null, list or map as a key.
 */
export function keyName(value: unknown, text: string): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'number') return undefined
  if (kindOf(value, text) === '!!float') return formatFloat32(value)
  return Number.isSafeInteger(value) ? String(value) : bigName(text)
}

const int64 = 1n << 63n

function bigName(text: string): string | undefined {
  const plain = text.replaceAll('_', '').replace(/^\+/, '')
  const negative = plain.startsWith('-')
  const digits = negative ? plain.slice(1) : plain
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const value = negative ? -magnitude : magnitude
  if (value < int64 && value >= -int64) return String(value)
  return value < 2n * int64 && value > 0n ? undefined : formatFloat32(Number(value))
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`, with YAML's names for what is no number. */
function formatFloat32(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf'
  if (single === 0) return Object.is(value, -0) ? '-0' : '0'
  let digits = 1
  while (digits < 9 && Math.fround(Number(single.toPrecision(digits))) !== single) digits++
  return formatShortest(single, digits)
}

function formatShortest(value: number, digits: number): string {
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(Number(`${mantissa}e${exponent}`))
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return `${short}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 64)` for a number that is no integer or is very large. */
export function formatFloat64(value: number): string {
  const text = value.toExponential()
  const digits = text.split('e')[0]?.replace(/[-.]/g, '').length ?? 1
  return formatShortest(value, digits)
}
