import type { KubeObject } from './types.ts'

/** Empty where the object has none. */
export const nameOf = ({ metadata }: KubeObject): string => metadata?.name ?? ''

/** Empty where the object has none, as those of no namespace. */
export const namespaceOf = ({ metadata }: KubeObject): string => metadata?.namespace ?? ''
