import type { Diagnostic, Location } from '#base/errors.ts'
import { checkShape, type Shape } from '#manifest/shape.ts'
import type { FieldPath } from '#manifest/types.ts'

/** The part of a Node that placement reads. What a real API server returned always has this shape. */
const nodeShape: Shape = {
  fields: {
    metadata: { fields: { name: 'string', labels: { map: 'string' } } },
    spec: {
      fields: {
        unschedulable: 'boolean',
        providerID: 'string',
        taints: { list: { fields: { key: 'string', value: 'string', effect: 'string' } } },
      },
    },
    status: {
      fields: {
        allocatable: { map: 'amount' },
        conditions: { list: { fields: {} } },
      },
    },
  },
}

/** What is wrong with one Node: no name, or a field of another type than the API has. */
export function checkNode(node: object, locate: (path: FieldPath) => Location): Diagnostic[] {
  const found = checkShape(node, nodeShape, locate)
  const name = (node as { metadata?: { name?: unknown } | null }).metadata?.name
  if (name === undefined || name === null || name === '') found.push(nameless(locate(['metadata', 'name'])))
  return found
}

function nameless(location: Location): Diagnostic {
  return {
    severity: 'error',
    code: 'missing-name',
    message: 'the Node has no name',
    location,
    field: 'metadata.name',
    hint: 'set metadata.name',
  }
}
