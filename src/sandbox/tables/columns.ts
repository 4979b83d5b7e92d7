import { labelsText } from '#kube/labels.ts'
import type { Container } from '#kube/types.ts'
import { type StoredObject, valueAt } from '../store/objects.ts'
import { age } from './age.ts'

export type Cell = string | number | boolean

type CellOf = (object: StoredObject, now: number) => Cell

/** One column of a resource's table, as `kubectl get` shows it; priority 1 is for `-o wide`. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean'
  readonly format: '' | 'name'
  readonly priority: 0 | 1
  readonly description: string
  readonly cell: CellOf
}

/** @param description upstream's; no client shows it */
export const column = (
  name: string,
  cell: CellOf,
  description = '',
  type: Column['type'] = 'string',
): Column => ({ name, type, format: '', description, priority: 0, cell })

export const numberColumn = (name: string, cell: CellOf, description = ''): Column =>
  column(name, cell, description, 'integer')

/** Columns that only `-o wide` shows. */
export const wide = (...columns: readonly Column[]): Column[] =>
  columns.map((one) => ({ ...one, priority: 1 }))

/** Shows the text at a path, and `absent` where there is none. */
export function textAt(path: string, absent = ''): CellOf {
  const value = valueAt(path)
  return (object) => String(value(object) || absent)
}

/** Shows the number at a path. */
export function numberAt(path: string): CellOf {
  const value = valueAt(path)
  return (object) => Number(value(object) ?? 0)
}

export const nameColumn: Column = {
  ...column(
    'Name',
    textAt('metadata.name'),
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  ),
  format: 'name',
}

const creationText =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata'

export const ageColumn = column(
  'Age',
  ({ metadata }, now) => age(metadata.creationTimestamp, now),
  creationText,
)

export const createdAtColumn = column('Created At', textAt('metadata.creationTimestamp'), creationText)

/** Shows the map of labels at a path. */
export function labelsAt(path: string): CellOf {
  const labels = valueAt<Record<string, string>>(path)
  return (object) => labelsText(labels(object))
}

/** The containers, images and selector of a controller's template, for `-o wide`. */
export function templateColumns(
  template: string,
  selector: CellOf,
  selectorText = 'A label query over pods that should match the pod count.',
): Column[] {
  const containers = valueAt<readonly Container[]>(`${template}.spec.containers`)
  const each =
    (field: 'name' | 'image'): CellOf =>
    (object) =>
      (containers(object) ?? []).map((container) => container[field] ?? '').join(',')
  return wide(
    column('Containers', each('name'), 'Names of each container in the template.'),
    column('Images', each('image'), 'Images referenced by each container in the template.'),
    column('Selector', selector, selectorText),
  )
}
