import type { StoredObject } from '../store/objects.ts'
import { age } from './age.ts'

export type Cell = string | number | boolean

/** One column of a resource's table, as `kubectl get` shows it; priority 1 is for `-o wide`. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean'
  readonly format: '' | 'name'
  readonly priority: 0 | 1
  readonly description: string
  cell(object: StoredObject, now: number): Cell
}

type CellOf = Column['cell']

export const column = (name: string, description: string, cell: CellOf): Column => ({
  name,
  type: 'string',
  format: '',
  priority: 0,
  description,
  cell,
})

export const numberColumn = (name: string, description: string, cell: CellOf): Column => ({
  ...column(name, description, cell),
  type: 'integer',
})

/** A column that only `-o wide` shows. */
export const wide = (of: Column): Column => ({ ...of, priority: 1 })

export const nameColumn: Column = {
  ...column(
    'Name',
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
    (object) => object.metadata.name,
  ),
  format: 'name',
}

const creationText =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata'

export const ageColumn = column('Age', creationText, (object, now) =>
  age(object.metadata.creationTimestamp, now),
)

export const createdAtColumn = column(
  'Created At',
  creationText,
  (object) => object.metadata.creationTimestamp,
)

/** `a=b,c=d`, or `<none>`: how kubectl writes a map of labels. */
export function labelsText(labels: Readonly<Record<string, string>> | null | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}
