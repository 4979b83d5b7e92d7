import { isDeepStrictEqual } from 'node:util'
import { type Diagnostic, KdsError, type Location } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { type PlacedObject, refuseTooDeep } from '#manifest/objects.ts'
import { checkNode } from './node-checks.ts'

/**
 * The Nodes without those that a dump holds twice, word for word. Throws a `KdsError` with all findings for Nodes
 * without a name or with fields of a wrong type, and for two different Nodes of one name.
 */
export function checkNodes(objects: readonly PlacedObject[]): {
  nodes: PlacedObject[]
  diagnostics: Diagnostic[]
} {
  const diagnostics: Diagnostic[] = []
  const first = new Map<string, PlacedObject>()
  const nodes = objects.filter((object) => {
    diagnostics.push(...checkNode(object.value, (path) => locate(object, path)))
    const name = object.value.metadata?.name
    if (typeof name !== 'string' || name === '') return false
    const earlier = first.get(name)
    if (!earlier) {
      first.set(name, object)
      return true
    }
    diagnostics.push(repeated(name, earlier, object))
    return false
  })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const [error] = errors
  if (!error) return { nodes, diagnostics }
  throw new KdsError(error.code, error.message, {
    ...(error.location ? { location: error.location } : {}),
    ...(error.hint ? { hint: error.hint } : {}),
    diagnostics: errors.slice(1),
  })
}

const locate = ({ document, path }: PlacedObject, below: readonly (string | number)[]) =>
  document.locate([...path, ...below])

const show = ({ file, line, column }: Location) => `${escapeLine(file)}:${line}:${column}`

function repeated(name: string, earlier: PlacedObject, object: PlacedObject): Diagnostic {
  refuseTooDeep(object)
  refuseTooDeep(earlier)
  const same = isDeepStrictEqual(earlier.value, object.value)
  const where = show(locate(earlier, ['metadata', 'name']))
  return {
    severity: same ? 'warning' : 'error',
    code: 'duplicate-node',
    message: `the node ${escapeLine(name)} is already defined at ${where}${same ? '; counted once' : ', and differs'}`,
    location: locate(object, ['metadata', 'name']),
    field: 'metadata.name',
    hint: 'remove one of the two, or rename it',
  }
}
