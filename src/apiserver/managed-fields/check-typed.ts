import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { goPrint, goQuote } from '#kube/go-text.ts'
import type { ContainerType, TypeSpec } from '../schema/schema.ts'
import { elementText, fieldElement, listElement, TypedError } from './path-element.ts'
import { fieldType } from './typed.ts'

const goTypeOf = (value: Json): string => {
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'int64' : typeof value
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: Json): string {
  if (typeof value === 'string') return goQuote(value)
  const items = Array.isArray(value)
    ? value.map(goSyntax)
    : isObject(value)
      ? Object.entries(value).map(([key, part]) => `${goQuote(key)}:${goSyntax(part)}`)
      : undefined
  return items ? `${goTypeOf(value)}{${items.join(', ')}}` : String(value)
}

function scalarFault({ kind }: TypeSpec, value: Json): string | undefined {
  switch (kind) {
    case 'string':
    case 'bytes':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'bool':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goPrint(value)}}`
    case 'int32':
    case 'int64':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'raw':
      return undefined
    default:
      return typeof value === 'object' ? `expected any scalar, got &{${goPrint(value)}}` : undefined
  }
}

/**
 * Everything in an object that does not fit its type, in the words in which a server refuses an apply patch: values of a
 * wrong type, fields that are not declared, elements that cannot be told apart.
 */
export function checkTyped(value: Json, type: TypeSpec, path = ''): TypedError[] {
  if (value === null) return []
  if (type.kind === 'list')
    return Array.isArray(value) ? checkList(value, type, path) : wrongShape('list', value, path)
  if (type.kind === 'struct' || type.kind === 'map')
    return isObject(value) ? checkFields(value, type, path) : wrongShape('map', value, path)
  const fault = scalarFault(type, value)
  return fault === undefined ? [] : [new TypedError(fault, path)]
}

const wrongShape = (wanted: string, value: Json, path: string) => [
  new TypedError(`expected ${wanted}, got &{${goPrint(value)}}`, path),
]

function checkFields(object: JsonObject, type: TypeSpec, path: string): TypedError[] {
  const errors: TypedError[] = []
  for (const [name, part] of Object.entries(object)) {
    const at = path + elementText(fieldElement(name))
    const of = fieldType(type, name)
    if (of) errors.push(...checkTyped(part, of, at))
    else {
      // The server looks no further into an object with such a field.
      errors.push(new TypedError('field not declared in schema', at))
      break
    }
  }
  return errors
}

function checkList(list: readonly Json[], type: ContainerType, path: string): TypedError[] {
  const errors: TypedError[] = []
  const seen = new Set<string>()
  for (const [index, item] of list.entries()) {
    let element = `i:${index}`
    if (type.mergeKeys) {
      try {
        element = listElement(type, item)
      } catch (error) {
        if (!(error instanceof TypedError)) throw error
        return [...errors, new TypedError(`element ${index}: ${error.message}`, path)]
      }
      if (seen.has(element))
        errors.push(new TypedError(`duplicate entries for key ${elementText(element)}`, path))
      seen.add(element)
    }
    errors.push(...checkTyped(item, type.item, path + elementText(element)))
  }
  return errors
}

const errorText = ({ path, message }: TypedError) => (path === '' ? message : `${path}: ${message}`)

/** Several faults in one message. */
export function typedErrorText(errors: readonly TypedError[]): string {
  const [first, ...more] = errors
  if (first && more.length === 0) return errorText(first)
  return ['errors:', ...errors.map((error) => `  ${errorText(error)}`)].join('\n')
}
