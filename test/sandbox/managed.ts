import { type FieldSet, pathsOf } from '#apiserver/managed-fields/field-set.ts'

export interface ManagedFields {
  readonly manager: string
  readonly operation: string
  readonly time?: string
  readonly subresource?: string
  readonly fieldsV1: FieldSet
}

/** The fields that each manager has, by its name. */
export function ownersOf(entries: readonly ManagedFields[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    entries
      .filter(({ manager, subresource }) => manager !== 'kube-controller-manager' || !subresource)
      .map(({ manager, fieldsV1 }) => [manager, pathsOf(fieldsV1).sort()]),
  )
}
