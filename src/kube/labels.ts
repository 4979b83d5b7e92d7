/**
 * Syntax of label keys, label values and DNS names. Each check answers a list of texts, empty when the name is good; the
 * texts are those of k8s.io/apimachinery `util/validation` and `api/validate/content`, so that a finding reads as the API
 * server's own.
 */
import { byText } from '#base/compare.ts'

const dns1123Label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const dns1123Subdomain = `${dns1123Label}(\\.${dns1123Label})*`
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValue = `(${labelKey})?`

const dns1123LabelPattern = new RegExp(`^${dns1123Label}$`)
const dns1123SubdomainPattern = new RegExp(`^${dns1123Subdomain}$`)
const labelKeyPattern = new RegExp(`^${labelKey}$`)
const labelValuePattern = new RegExp(`^${labelValue}$`)

const labelKeyRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

/** Length in bytes of UTF-8, which is what Kubernetes' limits count. */
export function utf8Length(text: string): number {
  let length = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}

/** Label syntax counts and says bytes; names count bytes and say characters. */
function tooLong(limit: number, unit: 'bytes' | 'characters'): string {
  return `must be no more than ${limit} ${unit}`
}

/** The text of a failed pattern, with its examples: the quirk of `, ` before each `or` is Kubernetes' own. */
export function patternError(rule: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`
}

/** A label key or any other "qualified name": an optional DNS prefix, a slash, and a name (IsQualifiedName). */
export function qualifiedNameErrors(name: string): string[] {
  const parts = name.split('/')
  const rule = patternError(labelKeyRule, labelKey, 'MyName', 'my.name', '123-abc')
  if (parts.length > 2) {
    return [
      `a valid label key ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const errors: string[] = []
  const [prefix, local = ''] = parts.length === 2 ? parts : [undefined, parts[0]]
  if (prefix === '') errors.push('prefix part must be non-empty')
  else if (prefix !== undefined) {
    errors.push(...dns1123SubdomainErrors(prefix, 'bytes').map((error) => `prefix part ${error}`))
  }
  if (local === '') errors.push('name part must be non-empty')
  else if (utf8Length(local) > 63) errors.push(`name part ${tooLong(63, 'bytes')}`)
  if (!labelKeyPattern.test(local)) errors.push(`name part ${rule}`)
  return errors
}

/** The value of a label: empty, or up to 63 characters of letters, digits, `-`, `_` and `.` (IsValidLabelValue). */
export function labelValueErrors(value: string): string[] {
  const errors: string[] = []
  if (utf8Length(value) > 63) errors.push(tooLong(63, 'bytes'))
  if (!labelValuePattern.test(value)) {
    const rule = `a valid label must be an empty string or consist of${labelKeyRule.slice('must consist of'.length)}`
    errors.push(patternError(rule, labelValue, 'MyValue', 'my_value', '12345'))
  }
  return errors
}

/** A name such as a container's or a namespace's (IsDNS1123Label). */
export function dns1123LabelErrors(name: string): string[] {
  const errors: string[] = []
  if (utf8Length(name) > 63) errors.push(tooLong(63, 'characters'))
  if (dns1123LabelPattern.test(name)) return errors
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
  // A good subdomain that is no good label can only differ by its dots.
  if (dns1123SubdomainPattern.test(name)) errors.push('must not contain dots')
  else errors.push(patternError(rule, dns1123Label, 'my-name', '123-abc'))
  return errors
}

/** A name such as a DaemonSet's or a node's (IsDNS1123Subdomain). */
export function dns1123SubdomainErrors(name: string, unit: 'bytes' | 'characters' = 'characters'): string[] {
  const errors: string[] = []
  if (utf8Length(name) > 253) errors.push(tooLong(253, unit))
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
  if (!dns1123SubdomainPattern.test(name)) errors.push(patternError(rule, dns1123Subdomain, 'example.com'))
  return errors
}

/** `a=b,c=d`, or `<none>`: how kubectl writes a map of labels. */
export const labelsText = (labels: Readonly<Record<string, string | null>> | null | undefined): string =>
  Object.entries(labels ?? {})
    .sort(byText(([key]) => key))
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>'
