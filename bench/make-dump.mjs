// Writes a dump as `kubectl get nodes,daemonsets,controllerrevisions,pods -A -o json|yaml` prints it:
//   make-dump.mjs json|yaml NODES [--daemon-sets N] [--pods N] [--lean] [--compact] > FILE
// --pods is how many of the DaemonSets have their pods; --lean: nodes without images and managed fields;
// --compact: JSON in one line.
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { daemonSet, node, pod } from './objects.mjs'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'daemon-sets': { type: 'string', default: '0' },
    pods: { type: 'string', default: '0' },
    lean: { type: 'boolean', default: false },
    compact: { type: 'boolean', default: false },
  },
})
const [format = 'json', count = '5000'] = positionals

function* objects() {
  for (let i = 0; i < Number(count); i++) yield node(i, values.lean)
  for (let i = 0; i < Number(values['daemon-sets']); i++) yield* daemonSet(i)
  for (let i = 0; i < Number(values.pods); i++)
    for (let on = 0; on < Number(count); on++) {
      const made = pod(i, on)
      if (made) yield made
    }
}

const quote = (text) =>
  /^[A-Za-z][\w./@-]*$|^[A-Za-z][\w./@ -]*[\w)]$/.test(text) && !/^(true|false|yes|no|null)$/i.test(text)
    ? text
    : JSON.stringify(text)

function yaml(value, indent) {
  const space = '  '.repeat(indent)
  if (Array.isArray(value)) {
    return value.map((item) => `${space}- ${yaml(item, indent + 1).trimStart()}`).join('')
  }
  return Object.entries(value)
    .map(([key, item]) => {
      const head = `${space}${quote(key)}:`
      if (item === null || typeof item !== 'object')
        return `${head} ${typeof item === 'string' ? quote(item) : item}\n`
      if (Object.keys(item).length === 0) return `${head} ${Array.isArray(item) ? '[]' : '{}'}\n`
      if (!Array.isArray(item)) return `${head}\n${yaml(item, indent + 1)}`
      const scalars = item.every((entry) => typeof entry !== 'object')
      return `${head}\n${scalars ? item.map((entry) => `${space}- ${quote(entry)}\n`).join('') : yaml(item, indent)}`
    })
    .join('')
}

async function write(text) {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

const json = format === 'json'
const [head, between, tail] = values.compact
  ? ['{"apiVersion":"v1","items":[', ',', '],"kind":"List","metadata":{"resourceVersion":""}}\n']
  : [
      '{\n    "apiVersion": "v1",\n    "items": [\n',
      ',\n',
      '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
    ]
const text = (item) =>
  values.compact ? JSON.stringify(item) : JSON.stringify(item, null, 4).replace(/^/gm, '        ')
await write(json ? head : 'apiVersion: v1\nitems:\n')
let isFirst = true
for (const item of objects()) {
  await write(json ? `${isFirst ? '' : between}${text(item)}` : yaml([item], 0))
  isFirst = false
}
await write(json ? tail : 'kind: List\nmetadata:\n  resourceVersion: ""\n')
