/**
 * Writes what a server knows of the types of the kinds below: src/apiserver/schema/types.json in the compact form that
 * src/apiserver/schema/schema.ts reads, and src/sandbox/http/field-numbers.json, their fields' numbers in protobuf. All of
 * it stands in the Go types: names, which fields are pointers (kept when zero), which have no omitempty (written when
 * zero), which are wanted, how lists and maps merge, and the numbers.
 *
 *   node scripts/make-schema.mjs FOLDER
 *
 * FOLDER: k8s.io/api (`core/v1/types.go` …) and `pkg/apis/meta/v1/types.go` of k8s.io/apimachinery, of one version.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const groups = ['apps', 'batch', 'policy', 'rbac', 'scheduling', 'coordination', 'node']
const packages = ['core', ...groups, 'authentication', 'authorization', 'events']
const roots = [
  ...[
    'apps.DaemonSet',
    'apps.ControllerRevision',
    'core.Pod',
    'core.Node',
    'core.Namespace',
    'core.ConfigMap',
  ],
  ...[
    'core.Secret',
    'core.ServiceAccount',
    'core.Service',
    'core.Event',
    'core.LimitRange',
    'core.ResourceQuota',
  ],
  ...['core.PersistentVolumeClaim', 'core.Binding', 'events.Event', 'batch.Job', 'batch.CronJob'],
  ...['policy.PodDisruptionBudget', 'policy.Eviction', 'rbac.Role', 'rbac.ClusterRole', 'rbac.RoleBinding'],
  ...['rbac.ClusterRoleBinding', 'scheduling.PriorityClass', 'coordination.Lease', 'node.RuntimeClass'],
  ...['authentication.SelfSubjectReview', 'authorization.SelfSubjectAccessReview'],
  ...['authorization.SelfSubjectRulesReview', 'meta.DeleteOptions'],
]

const [folder = '.'] = process.argv.slice(2)
/** By `package.Name`. */
const structs = new Map()
const named = new Map()
readGo('meta', readFileSync(join(folder, 'pkg/apis/meta/v1/types.go'), 'utf8'))
for (const name of packages) readGo(name, readFileSync(join(folder, name, 'v1/types.go'), 'utf8'))

/** The `+name=value` marks in a comment. */
function marksOf(comment) {
  const marks = {}
  for (const [, name, value = ''] of comment.matchAll(/^\s*\/\/\s*\+([\w:]+)(?:=(\S+))?\s*$/gm))
    marks[name] = [...(marks[name] ?? []), value.replace(/^"|"$/g, '')]
  return marks
}

function readGo(pack, text) {
  for (const match of text.matchAll(/((?:^\/\/.*\n)*)^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = []
    let comment = ''
    for (const line of match[3].split('\n')) {
      if (/^\s*\/\//.test(line)) comment += `${line}\n`
      const field = /^\s+(?:(\w+)\s+)?([\w.*[\]]+)\s+`(.*)`/.exec(line)
      if (!field) continue
      const [name, ...options] = /json:"([^"]*)"/.exec(field[3])[1].split(',')
      const number = /protobuf:"\w+,(\d+),/.exec(field[3])?.[1]
      fields.push({ type: field[2], name, options, number, marks: marksOf(comment) })
      comment = ''
    }
    structs.set(`${pack}.${match[2]}`, { pack, name: match[2], fields, marks: marksOf(match[1]) })
  }
  for (const match of text.matchAll(/^type (\w+) (string|bool|int32|int64|\[\]string|map\[\w+\][\w.]+)$/gm))
    named.set(`${pack}.${match[1]}`, { pack, base: match[2], name: `v1.${match[1]}` })
}

const leaves = {
  'metav1.Time': 't',
  Time: 't',
  'metav1.MicroTime': 'u',
  'intstr.IntOrString': 'x',
  'resource.Quantity': 'q',
  'runtime.RawExtension': 'f:runtime.RawExtension',
  FieldsV1: 'f',
  '[]byte': 'y',
  string: 's',
  bool: 'b',
  int32: 'i',
  int64: 'l',
  'types.UID': 's:types.UID',
  'k8stypes.UID': 's:types.UID',
}

const aliases = { metav1: 'meta', corev1: 'core', apiv1: 'core', v1: 'core' }
/** Where a Go type is declared: `core.Container`. */
function placeOf(type, pack) {
  const [name, qualifier] = type.split('.').reverse()
  const place = `${qualifier ? (aliases[qualifier] ?? qualifier) : pack}.${name}`
  if (!structs.has(place) && !named.has(place)) throw new Error(`unknown Go type ${type} in ${pack}`)
  return place
}

/** The name of a struct in the table; what another group has under the same name bears its group. */
const taken = new Map()
function tableName(place) {
  const { name, pack } = structs.get(place)
  const first = taken.get(name) ?? place
  taken.set(name, first)
  return first === place ? name : `${name}.${pack}`
}

/** The code of a Go type; places of structs that it meets go to `wanted`. */
function codeOf(type, pack, wanted, marks = {}) {
  if (leaves[type]) return leaves[type]
  if (type.startsWith('*')) return `*${codeOf(type.slice(1), pack, wanted)}`
  if (type.startsWith('[]')) {
    const keys = { map: marks.listMapKey, set: [] }[marks.listType?.[0]]
    return `[${keys ? `(${keys})` : ''}${codeOf(type.slice(2), pack, wanted)}`
  }
  const map = /^map\[[\w.]+\](.+)$/.exec(type)
  if (map) return `%${marks.mapType?.[0] === 'atomic' ? '!' : ''}${codeOf(map[1], pack, wanted)}`
  const place = placeOf(type, pack)
  if (structs.has(place)) {
    wanted.push(place)
    return `{${tableName(place)}`
  }
  const alias = named.get(place)
  const base = codeOf(alias.base, alias.pack, wanted, marks)
  return /^[%[]/.test(base) ? base : `${base}:${alias.name}`
}

/**
 * A struct's fields with those of its embedded structs in their place; a number of such a one is `2.1`. `within`: the struct
 * that a field came with, which the errors of Go's decoder name. That of the kind and the version never comes up.
 */
function flatFields(place, prefix = '', within = undefined) {
  const { pack, fields } = structs.get(place)
  return fields.flatMap((field) => {
    const number = `${prefix}${field.number ?? ''}`
    if (field.name === '-') return []
    if (!field.options.includes('inline')) return [{ ...field, pack, number, within }]
    const inner = placeOf(field.type.replace(/^\*/, ''), pack)
    const named = inner === 'meta.TypeMeta' ? undefined : structs.get(inner).name
    return flatFields(inner, field.number ? `${number}.` : prefix, named)
  })
}

const types = {}
const numbers = {}
const queue = roots.map((root) => root)
while (queue.length > 0) {
  const place = queue.shift()
  const name = tableName(place)
  if (types[name]) continue
  types[name] = structs.get(place).marks.structType?.includes('atomic') ? { '!': 'atomic' } : {}
  const fields = flatFields(place)
  for (const [index, field] of fields.entries()) {
    if (field.within !== fields[index - 1]?.within) types[name][`>${field.within ?? ''}`] = ''
    const code = codeOf(field.type, field.pack, queue, field.marks)
    const optional = field.options.includes('omitempty')
    const written = !optional && !field.options.includes('omitzero')
    // omitempty does nothing for a struct that is no pointer, and times, quantities and raw objects are structs.
    const struct =
      (/^[{txqu]/.test(code) || code === leaves['runtime.RawExtension']) &&
      !field.options.includes('omitzero')
    const wanted = field.marks.required ? true : !optional && !field.marks.optional
    types[name][field.name] = `${wanted ? '+' : ''}${written || struct ? '!' : ''}${code}`
  }
  numbers[name] = fields.map(({ number }) => number).join(' ')
}

const write = (file, table) => {
  const lines = Object.entries(table).map(([name, row]) => `${JSON.stringify(name)}:${JSON.stringify(row)}`)
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`)
}
write('src/apiserver/schema/types.json', types)
write('src/sandbox/http/field-numbers.json', numbers)
