/**
 * Writes src/apiserver/schema/daemon-set.json: the apps/v1 DaemonSet type in the compact form that src/apiserver/schema/schema.ts
 * reads. OpenAPI tells which fields a server knows and wants; what a server stores also depends on facts that only the
 * Go types have: which fields are pointers (kept when zero) and which have no omitempty (written when zero).
 *
 *   node scripts/make-schema.mjs OPENAPI.json CORE_TYPES.go APPS_TYPES.go META_TYPES.go > src/apiserver/schema/daemon-set.json
 *
 * OPENAPI.json: `/openapi/v3/apis/apps/v1` cut to a JSON schema whose `$ref` is the DaemonSet. The `*_TYPES.go` are
 * `core/v1/types.go` and `apps/v1/types.go` of k8s.io/api and `pkg/apis/meta/v1/types.go` of k8s.io/apimachinery, all of
 * one version. The table of codes is in src/apiserver/schema/schema.ts.
 */
import { readFileSync } from 'node:fs'

const [openapiFile, ...goFiles] = process.argv.slice(2)

const structs = new Map()
const named = new Map()
for (const file of goFiles) readGo(readFileSync(file, 'utf8'))

/** Struct fields as {go type, json name, options}, and named basic types. */
function readGo(text) {
  for (const match of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = []
    for (const line of match[2].split('\n')) {
      const field = /^\s+(?:(\w+)\s+)?([\w.*[\]]+)\s+`.*?json:"([^"]*)"/.exec(line.replace(/\/\/.*$/, ''))
      if (!field) continue
      const [name, ...options] = field[3].split(',')
      fields.push({ type: field[2], name, options })
    }
    if (!structs.has(match[1])) structs.set(match[1], fields)
  }
  for (const match of text.matchAll(/^type (\w+) (string|bool|int32|int64|map\[\w+\][\w.]+)$/gm)) {
    named.set(match[1], { base: match[2], name: `v1.${match[1]}` })
  }
}

const leaves = {
  'metav1.Time': 't',
  Time: 't',
  'metav1.MicroTime': 'u',
  'intstr.IntOrString': 'x',
  'resource.Quantity': 'q',
  FieldsV1: 'f',
  string: 's',
  bool: 'b',
  int32: 'i',
  int64: 'l',
  'types.UID': 's:types.UID',
}

/** The code of a Go type; struct names that it meets go to `wanted`. */
function codeOf(type, wanted) {
  if (type.startsWith('*')) return `*${codeOf(type.slice(1), wanted)}`
  if (type.startsWith('[]')) return `[${codeOf(type.slice(2), wanted)}`
  const map = /^map\[\w+\](.+)$/.exec(type)
  if (map) return `%${codeOf(map[1], wanted)}`
  if (leaves[type]) return leaves[type]
  const bare = type.replace(/^\w+\./, '')
  if (structs.has(bare)) {
    wanted.push(bare)
    return `{${bare}`
  }
  const alias = named.get(bare)
  if (!alias) throw new Error(`unknown Go type ${type}`)
  const base = codeOf(alias.base, wanted)
  return base.startsWith('%') ? base : `${base}:${alias.name}`
}

/** A struct's fields with those of its embedded structs in their place. */
function flatFields(name) {
  return structs.get(name).flatMap((field) => {
    const inline = field.options.includes('inline')
    return inline ? flatFields(field.type.replace(/^\w+\./, '')) : field.name === '-' ? [] : [field]
  })
}

const openapi = JSON.parse(readFileSync(openapiFile, 'utf8'))
const definitions = Object.entries(openapi.$defs)
const definitionOf = (name) => definitions.find(([key]) => key.split('.').at(-1) === name)?.[1]

const types = {}
const queue = ['DaemonSet']
while (queue.length > 0) {
  const name = queue.shift()
  if (types[name]) continue
  types[name] = {}
  const definition = definitionOf(name)
  if (!definition) throw new Error(`${name} is not in the OpenAPI document`)
  const served = new Set(Object.keys(definition.properties ?? {}))
  const required = new Set(definition.required ?? [])
  for (const field of flatFields(name)) {
    if (!served.delete(field.name)) continue
    const code = codeOf(field.type, queue)
    const written = !field.options.includes('omitempty') && !field.options.includes('omitzero')
    // omitempty does nothing for a struct that is no pointer, and times and quantities are structs.
    const struct = /^[{txqu]/.test(code) && !field.options.includes('omitzero')
    types[name][field.name] = `${required.has(field.name) ? '+' : ''}${written || struct ? '!' : ''}${code}`
  }
  if (served.size > 0) throw new Error(`${name}: not in the Go types: ${[...served]}`)
}
const lines = Object.entries(types).map(
  ([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`,
)
process.stdout.write(`{\n${lines.join(',\n')}\n}\n`)
