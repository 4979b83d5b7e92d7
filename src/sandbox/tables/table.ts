import type { StoredObject } from '../store/objects.ts'
import type { Cell, Column } from './columns.ts'

/** How much of each object goes with its row (`?includeObject=`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

interface Row {
  readonly cells: readonly Cell[]
  readonly object?: object
}

/** A `meta.k8s.io/v1` Table: what `kubectl get` prints. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: object
  readonly columnDefinitions: readonly ColumnDefinition[] | null
  readonly rows: readonly Row[]
}

const definition = ({ name, type, format, description, priority }: Column): ColumnDefinition => ({
  name,
  type,
  format,
  description,
  priority,
})

function included(object: StoredObject, include: IncludeObject): object | undefined {
  if (include === 'None') return undefined
  if (include === 'Object') return object
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

/** One object as a row, ages reckoned at `now`. */
function row(columns: readonly Column[], object: StoredObject, include: IncludeObject, now: number): Row {
  const cells = columns.map((column) => column.cell(object, now))
  const part = included(object, include)
  return part ? { cells, object: part } : { cells }
}

/**
 * Objects as a Table.
 *
 * @param metadata The list's, or for a single object its resourceVersion.
 * @param definitions False within a watch, after the first event.
 */
export function table(
  columns: readonly Column[],
  objects: readonly StoredObject[],
  options: {
    readonly metadata: object
    readonly include: IncludeObject
    readonly now: number
    readonly definitions?: boolean
  },
): Table {
  const { metadata, include, now, definitions = true } = options
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: definitions ? columns.map(definition) : null,
    rows: objects.map((object) => row(columns, object, include, now)),
  }
}
