import type { Diagnostic, Location } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { FieldPath } from './types.ts'

/** The types of the fields that matter; what is not named may be anything, and any field may be absent or null. */
export type Shape =
  | 'string'
  | 'boolean'
  | 'amount'
  | { map: Shape }
  | { list: Shape }
  | { fields: Record<string, Shape> }

const names: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  amount: 'a quantity',
}

type Report = (path: FieldPath, expected: string, value: unknown) => void

/** The fields of a value that have another type than the API gives them: one error each, with its place. */
export function checkShape(
  value: unknown,
  shape: Shape,
  locate: (path: FieldPath) => Location,
): Diagnostic[] {
  const found: Diagnostic[] = []
  visit(value, shape, [], (path, expected, wrong) => {
    found.push({
      severity: 'error',
      code: 'wrong-type',
      message: `${fieldName(path)} must be ${expected}`,
      location: locate(path),
      field: fieldName(path),
      ...hintFor(expected, wrong),
    })
  })
  return found
}

function hintFor(expected: string, value: unknown): { hint?: string } {
  if (expected === 'a mapping') return { hint: 'its fields stand below it, indented further' }
  if (expected !== 'a string') return {}
  if (typeof value === 'number') return { hint: 'put the number in quotes' }
  if (typeof value !== 'boolean') return {}
  return { hint: 'put it in quotes: true, false, yes, no, on, off, y and n are booleans without' }
}

function visit(value: unknown, shape: Shape, path: FieldPath, report: Report): void {
  if (value === undefined || value === null) return
  if (typeof shape === 'string') {
    const fits = typeof value === shape || (shape === 'amount' && /^(string|number)$/.test(typeof value))
    if (!fits) report(path, names[shape] ?? shape, value)
  } else if ('list' in shape) {
    if (!Array.isArray(value)) report(path, 'a list', value)
    else {
      value.forEach((item, index) => {
        if (item === null) report([...path, index], 'a mapping', item)
        visit(item, shape.list, [...path, index], report)
      })
    }
  } else if (typeof value !== 'object' || Array.isArray(value)) report(path, 'a mapping', value)
  else if ('map' in shape) {
    for (const [key, item] of Object.entries(value)) visit(item ?? '', shape.map, [...path, key], report)
  } else {
    for (const [key, inner] of Object.entries(shape.fields)) {
      visit((value as Record<string, unknown>)[key], inner, [...path, key], report)
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
