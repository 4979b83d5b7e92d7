import type { StoredObject } from '../store/objects.ts'
import type { Cell, Column } from './columns.ts'

/** How much of each object goes with its row (`?includeObject=`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

type ColumnDefinition = Omit<Column, 'cell'>

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

const definition = ({ cell: _, ...rest }: Column): ColumnDefinition => rest

/** What clients see that ask for metadata only. */
export function partialMetadata(object: StoredObject, hidden: readonly string[] = []): object {
  const kind = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
  const { annotations, ...metadata } = object.metadata
  const shown = Object.entries(annotations ?? {}).filter(([name]) => !hidden.includes(name))
  return {
    ...kind,
    metadata: { ...metadata, ...(shown.length > 0 ? { annotations: Object.fromEntries(shown) } : {}) },
  }
}

function included(object: StoredObject, { include, hidden }: TableOptions): object | undefined {
  if (include === 'None') return undefined
  return include === 'Object' ? object : partialMetadata(object, hidden)
}

export interface TableOptions {
  /** The list's, or for a single object its resourceVersion. */
  readonly metadata: object
  readonly include: IncludeObject
  /** Ages are reckoned at this moment. */
  readonly now: number
  /** False within a watch, after the first event. */
  readonly definitions?: boolean
  /** Annotations that the objects beside the rows leave out. */
  readonly hidden?: readonly string[] | undefined
}

function row(columns: readonly Column[], object: StoredObject, options: TableOptions): Row {
  const cells = columns.map((column) => column.cell(object, options.now))
  const part = included(object, options)
  return part ? { cells, object: part } : { cells }
}

/** Objects as a Table. */
export function table(
  columns: readonly Column[],
  objects: readonly StoredObject[],
  options: TableOptions,
): Table {
  const { metadata, definitions = true } = options
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: definitions ? columns.map(definition) : null,
    rows: objects.map((object) => row(columns, object, options)),
  }
}
