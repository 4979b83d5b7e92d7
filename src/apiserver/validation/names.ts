/** Syntax of the smaller names in a pod: ports, variables, keys. Texts of k8s.io/apimachinery `util/validation`. */
import { dns1123LabelErrors, dns1123SubdomainErrors, patternError, utf8Length } from '#kube/labels.ts'

/** The syntax of a namespace's name. */
export const validateNamespaceName = dns1123LabelErrors

/** A prefix to which random characters are appended: a trailing dash is fine (NameIsDNSSubdomain with prefix). */
export function generateNameErrors(prefix: string): string[] {
  return dns1123SubdomainErrors(
    prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix,
  )
}

/** A search domain, where labels may begin with an underscore (IsDNS1123SubdomainWithUnderscore). */
export function searchDomainErrors(domain: string): string[] {
  const label = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
  const pattern = `${label}(\\.${label})*`
  const errors = utf8Length(domain) > 253 ? ['must be no more than 253 characters'] : []
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
  if (!new RegExp(`^${pattern}$`).test(domain)) errors.push(patternError(rule, pattern, 'example.com'))
  return errors
}

/** The name of a port (IsValidPortName). */
export function portNameErrors(name: string): string[] {
  const errors: string[] = []
  if (utf8Length(name) > 15) errors.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(name)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)')
  if (name.includes('--')) errors.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

/** `must be between 1 and 65535, inclusive`. */
export function rangeErrors(value: number, lowest: number, highest: number): string[] {
  return value >= lowest && value <= highest ? [] : [`must be between ${lowest} and ${highest}, inclusive`]
}

export const portNumberErrors = (port: number): string[] => rangeErrors(port, 1, 65535)

/** The name of an environment variable (IsRelaxedEnvVarName, which 1.34 and later use). */
export function envNameErrors(name: string): string[] {
  if (name === '') return ['environment variable name must be non-empty']
  return /^[\x20-\x3c\x3e-\x7e]*$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** A key of a ConfigMap or Secret (IsConfigMapKey). */
export function configKeyErrors(key: string): string[] {
  const errors = utf8Length(key) > 253 ? ['must be no more than 253 characters'] : []
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    errors.push(patternError(rule, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'))
  }
  if (key === '.') errors.push("must not be '.'")
  else if (key === '..') errors.push("must not be '..'")
  else if (key.startsWith('..')) errors.push("must not start with '..'")
  return errors
}

/** The name of an HTTP header (IsHTTPHeaderName). */
export function headerNameErrors(name: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(name)) return []
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'"
  return [patternError(rule, '[-A-Za-z0-9]+', 'X-Header-Name')]
}

/** `10%`; a bare number is none (IsValidPercent). */
export function percentErrors(text: string): string[] {
  if (/^[0-9]+%$/.test(text)) return []
  const rule = "a valid percent string must be a numeric string followed by an ending '%'"
  return [patternError(rule, '[0-9]+%', '1%', '93%')]
}

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

function isIpv4(text: string): boolean {
  return (
    ipv4
      .exec(text)
      ?.slice(1)
      .every((part) => Number(part) <= 255) ?? false
  )
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2 || text.includes('%')) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const tail = groups.at(-1) ?? ''
  const embedded = tail.includes('.')
  if (embedded && !isIpv4(tail)) return false
  const count = groups.length + (embedded ? 1 : 0)
  const good = (embedded ? groups.slice(0, -1) : groups).every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
  return good && (halves.length === 2 ? count < 8 : count === 8)
}

/**
 * An IPv4 or IPv6 address (IsValidIPForLegacyField with StrictIPCIDRValidation, on by default since 1.36): no leading zeros,
 * no IPv4 inside IPv6.
 */
export function ipErrors(text: string): string[] {
  if (isIpv4(text))
    return text.split('.').some((part) => /^0\d/.test(part)) ? ['must not have leading 0s'] : []
  if (!isIpv6(text)) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  const mapped = /^(?:::|(?:0{1,4}:){5}|::(?:0{1,4}:){1,4})ffff:(?:[\d.]+|[0-9a-f]{1,4}:[0-9a-f]{1,4})$/i
  return mapped.test(text) ? ['must not be an IPv4-mapped IPv6 address'] : []
}

/** The form of RFC 5952 of a valid IPv6 address: no leading zeros, small letters, the longest run of zeros as `::`. */
export function canonicalIpv6(text: string): string {
  const hex = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const pair = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
    return `${pair(a, b)}:${pair(c, d)}`
  })
  const [head = '', tail] = hex.split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'))
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  const filler = new Array<string>(tail === undefined ? 0 : 8 - left.length - right.length).fill('0')
  const groups = [...left, ...filler, ...right].map((group) => Number.parseInt(group, 16).toString(16))
  let [start, length] = [0, 1]
  for (let at = 0; at < 8; at++) {
    let end = at
    while (groups[end] === '0') end++
    if (end - at > length) [start, length] = [at, end - at]
  }
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}
