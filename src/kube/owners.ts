import type { KubeObject, OwnerReference } from './types.ts'

/** The owner that manages the object, or undefined for an orphan. */
export const controllerOf = (object: KubeObject) =>
  object.metadata?.ownerReferences?.find((owner) => owner?.controller === true)

/** An owner as kubectl shows it: `daemonset.apps/web`, or `<none>`. */
export function ownerText(owner: OwnerReference | undefined): string {
  if (!owner) return '<none>'
  const group = owner.apiVersion?.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${(owner.kind ?? '').toLowerCase()}${group}/${owner.name ?? ''}`
}
