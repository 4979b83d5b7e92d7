import { isObject } from '#base/json.ts'
import type { DaemonSet } from '#kube/types.ts'

/** Who puts a DaemonSet back to what stands in a repository. */
export interface Keeper {
  /** `Flux`, `Argo CD`. */
  readonly tool: string
  /** The manager, label or annotation that tells. */
  readonly by: string
}

const managers: readonly (readonly [RegExp, string])[] = [
  [/^(kustomize|helm)-controller$/, 'Flux'],
  [/^argocd-/, 'Argo CD'],
  [/^(fleetagent|fleet-agent)$/, 'Fleet'],
  [/^kapp-controller$/, 'kapp-controller'],
  [/^configsync/, 'Config Sync'],
]

const marks: readonly (readonly [string, string])[] = [
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
]

/** The GitOps tool that keeps a DaemonSet as it is, by the managers of its fields, its labels and annotations; undefined: none is known. */
export function keptBy({ metadata }: DaemonSet): Keeper | undefined {
  const { managedFields } = (metadata ?? {}) as { readonly managedFields?: unknown }
  for (const entry of Array.isArray(managedFields) ? managedFields : []) {
    const name = isObject(entry) && typeof entry.manager === 'string' ? entry.manager : ''
    const tool = managers.find(([pattern]) => pattern.test(name))?.[1]
    if (tool) return { tool, by: name }
  }
  const found = marks.find(([key]) => (metadata?.labels?.[key] ?? metadata?.annotations?.[key]) !== undefined)
  return found && { tool: found[1], by: found[0] }
}
