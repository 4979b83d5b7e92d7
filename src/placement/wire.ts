import type { Maybe } from '#kube/types.ts'

/** A string field as Kubernetes' decoder fills it: absent and null are ''. Other types, which it refuses, become text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : String(value)
}

/** A list field; absent, null and anything that is no list count as empty. */
export function asList<T>(value: Maybe<readonly T[]>): readonly T[] {
  return Array.isArray(value) ? value : []
}
