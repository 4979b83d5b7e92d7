/**
 * YAML as kubectl prints it (sigs.k8s.io/yaml over go-yaml v2): keys sorted, lists not indented below their key, double quotes
 * around what would read as another type, single quotes around what would not parse, `|` for text of several lines.
 */

const readsAsAnotherType = [
  /^(|~|null|Null|NULL|<<)$/,
  /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/,
  /^[-+]?(0b[01_]+|0x[\da-fA-F_]+|\d[\d_]*(\.[\d_]*)?([eE][-+]?\d+)?|\.\d[\d_]*([eE][-+]?\d+)?)$/,
  /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/,
  /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/,
  /^\d{4}-\d\d?-\d\d?([Tt\s].*)?$/,
]

const wouldNotParse = /^([,[\]{}#&*!|>'"%@`]|[-?:](\s|$)|\s|---|\.\.\.)|:(\s|$)|\s#|\s$/

/** Breaks a line of text at the first single space beyond column 80, as go-yaml does. */
function fold(text, column, indent) {
  let end = column
  let folded = ''
  for (const [index, character] of [...text].entries()) {
    const isSingleSpace = character === ' ' && text[index - 1] !== ' ' && text[index + 1] !== ' '
    const breaks = isSingleSpace && end > 80 && index < text.length - 1
    folded += breaks ? `\n${indent}` : character
    end = breaks ? indent.length : end + 1
  }
  return folded
}

/** A scalar that starts at `column` and whose further lines, if it has any, are indented by `indent`. */
function scalar(value, column, indent) {
  if (typeof value !== 'string') return JSON.stringify(value)
  if (readsAsAnotherType.some((form) => form.test(value))) return JSON.stringify(value)
  if (value.includes('\n')) {
    const lines = value.replace(/\n$/, '').split('\n')
    return `|${value.endsWith('\n') ? '' : '-'}\n${lines.map((line) => indent + line).join('\n')}`
  }
  return fold(wouldNotParse.test(value) ? `'${value.replaceAll("'", "''")}'` : value, column, indent)
}

const isCollection = (value) => value !== null && typeof value === 'object'
const isEmpty = (value) => Object.keys(value).length === 0

/** The lines of a collection, the first of them without its indentation. */
function block(value, indent) {
  const lines = Array.isArray(value)
    ? value.map((item) => `- ${inline(item, indent.length + 2, `${indent}  `)}`)
    : Object.keys(value)
        .filter((key) => value[key] !== undefined)
        .sort()
        .map((key) => underKey(`${scalar(key, 0, '')}:`, value[key], indent))
  return lines.join(`\n${indent}`)
}

function underKey(key, value, indent) {
  if (!isCollection(value) || isEmpty(value)) {
    return `${key} ${inline(value, indent.length + key.length + 1, `${indent}  `)}`
  }
  const inner = Array.isArray(value) ? indent : `${indent}  `
  return `${key}\n${inner}${block(value, inner)}`
}

function inline(value, column, indent) {
  if (!isCollection(value)) return scalar(value, column, indent)
  if (isEmpty(value)) return Array.isArray(value) ? '[]' : '{}'
  return block(value, indent)
}

/** What `kubectl get -o yaml` prints for these objects: one List. */
export function kubectlList(items) {
  return `${block({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, '')}\n`
}
