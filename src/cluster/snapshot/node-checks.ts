import type { Diagnostic, Location } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { FieldPath } from '#manifest/types.ts'

type Shape =
  | 'string'
  | 'boolean'
  | 'amount'
  | { map: Shape }
  | { list: Shape }
  | { fields: Record<string, Shape> }

/** The part of a Node that placement reads. What a real API server returned always has this shape. */
const nodeShape: Shape = {
  fields: {
    metadata: { fields: { name: 'string', labels: { map: 'string' }, annotations: { map: 'string' } } },
    spec: {
      fields: {
        unschedulable: 'boolean',
        providerID: 'string',
        taints: { list: { fields: { key: 'string', value: 'string', effect: 'string' } } },
      },
    },
    status: {
      fields: {
        capacity: { map: 'amount' },
        allocatable: { map: 'amount' },
        conditions: {
          list: { fields: { type: 'string', status: 'string', reason: 'string', message: 'string' } },
        },
      },
    },
  },
}

const names: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  amount: 'a quantity',
}

/** What is wrong with one Node: no name, or a field of another type than the API has. */
export function checkNode(node: object, locate: (path: FieldPath) => Location): Diagnostic[] {
  const found: Diagnostic[] = []
  checkShape(node, nodeShape, [], (path, expected, value) => {
    found.push({
      severity: 'error',
      code: 'wrong-type',
      message: `${fieldName(path)} must be ${expected}`,
      location: locate(path),
      field: fieldName(path),
      ...hintFor(expected, value),
    })
  })
  const name = (node as { metadata?: { name?: unknown } | null }).metadata?.name
  if (name === undefined || name === null || name === '') found.push(nameless(locate(['metadata', 'name'])))
  return found
}

function hintFor(expected: string, value: unknown): { hint?: string } {
  if (expected !== 'a string') return {}
  if (typeof value === 'number') return { hint: 'put the number in quotes' }
  if (typeof value !== 'boolean') return {}
  return { hint: 'put it in quotes: true, false, yes, no, on, off, y and n are booleans without' }
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

function checkShape(
  value: unknown,
  shape: Shape,
  path: FieldPath,
  report: (path: FieldPath, expected: string, value: unknown) => void,
): void {
  if (value === undefined || value === null) return
  if (typeof shape === 'string') {
    const fits = typeof value === shape || (shape === 'amount' && /^(string|number)$/.test(typeof value))
    if (!fits) report(path, names[shape] ?? shape, value)
  } else if ('list' in shape) {
    if (!Array.isArray(value)) report(path, 'a list', value)
    else {
      value.forEach((item, index) => {
        checkShape(item, shape.list, [...path, index], report)
      })
    }
  } else if (typeof value !== 'object' || Array.isArray(value)) report(path, 'a mapping', value)
  else if ('map' in shape) {
    for (const [key, item] of Object.entries(value)) checkShape(item ?? '', shape.map, [...path, key], report)
  } else {
    for (const [key, inner] of Object.entries(shape.fields)) {
      checkShape((value as Record<string, unknown>)[key], inner, [...path, key], report)
    }
  }
}

/** A path in Kubernetes' notation: `spec.taints[0].key`, `metadata.labels[example.com/a]`. */
export function fieldName(path: FieldPath): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (/[^A-Za-z0-9_]/.test(step)) return `[${escapeLine(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')
}
