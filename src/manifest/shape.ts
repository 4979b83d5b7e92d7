import type { Diagnostic, Location } from '#base/errors.ts'
import { type FieldPath, fieldText } from '#base/field-path.ts'

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
      message: `${fieldText(path)} must be ${expected}`,
      location: locate(path),
      field: fieldText(path),
      ...hintFor(expected, wrong),
    })
  })
  return found
}

function hintFor(expected: string, value: unknown): { hint?: string } {
  if (expected === 'a mapping') return { hint: 'its fields follow below it, indented further' }
  if (expected !== 'a string') return {}
  if (typeof value === 'number') return { hint: 'put the number in quotes' }
  if (typeof value !== 'boolean') return {}
  return { hint: 'put it in quotes: true, false, yes, no, on, off, y and n are booleans without' }
}

const fits = (value: unknown, shape: Shape): boolean =>
  typeof value === shape || (shape === 'amount' && (typeof value === 'string' || typeof value === 'number'))

/** Walks a value along its shape. `trail` is the path so far, one array for all: dumps of thousands of nodes pass here. */
function visit(value: unknown, shape: Shape, trail: (string | number)[], report: Report): void {
  if (value === undefined || value === null) return
  if (typeof shape === 'string') {
    if (!fits(value, shape)) report([...trail], names[shape] ?? shape, value)
  } else if ('list' in shape) visitList(value, shape.list, trail, report)
  else if (typeof value !== 'object' || Array.isArray(value)) report([...trail], 'a mapping', value)
  else if ('map' in shape) {
    const map = value as Record<string, unknown>
    // Only what does not fit is worth a visit: labels are most of what there is to check.
    for (const key in map) {
      const item = map[key] ?? ''
      if (!fits(item, shape.map)) below(key, item, shape.map, trail, report)
    }
  } else {
    const fields = value as Record<string, unknown>
    for (const key in shape.fields) below(key, fields[key], shape.fields[key] ?? 'string', trail, report)
  }
}

function visitList(value: unknown, shape: Shape, trail: (string | number)[], report: Report): void {
  if (!Array.isArray(value)) {
    report([...trail], 'a list', value)
    return
  }
  for (let index = 0; index < value.length; index++) {
    if (value[index] === null) report([...trail, index], 'a mapping', null)
    below(index, value[index], shape, trail, report)
  }
}

function below(
  step: string | number,
  value: unknown,
  shape: Shape,
  trail: (string | number)[],
  report: Report,
): void {
  trail.push(step)
  visit(value, shape, trail, report)
  trail.pop()
}
