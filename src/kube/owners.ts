import type { KubeObject } from './types.ts'

/** The owner that manages the object, or undefined for an orphan. */
export const controllerOf = (object: KubeObject) =>
  object.metadata?.ownerReferences?.find((owner) => owner?.controller === true)
