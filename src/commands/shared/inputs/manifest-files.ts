import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { requireDaemonSets } from '#manifest/daemon-sets.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import type { Manifests } from '#manifest/types.ts'
import { inputContext } from './context.ts'

/** Do `-f` or `-k` name manifests? */
export const hasManifests = (invocation: Invocation): boolean =>
  invocation.list('filename').length > 0 || invocation.text('kustomize') !== undefined

/** @throws UsageError, which begins with `missing`, unless exactly one of `-f` and `-k` is given. */
export function requireManifests(invocation: Invocation, missing: string): void {
  const files = invocation.list('filename').length > 0
  const kustomize = invocation.text('kustomize') !== undefined
  if (!files && !kustomize)
    throw new UsageError(`${missing}: name a manifest with -f FILE or a kustomization with -k DIR`)
  if (files && kustomize) throw new UsageError('only one of -f and -k can be given')
}

/** What `-f` or `-k` names. @throws KdsError for what cannot be read, and where there is no DaemonSet. */
export async function readManifestFiles(invocation: Invocation, context: Context): Promise<Manifests> {
  const files = invocation.list('filename')
  const kustomize = invocation.text('kustomize')
  const recursive = invocation.on('recursive')
  const manifests = await readManifests({ ...inputContext(context), files, kustomize, recursive })
  requireDaemonSets(manifests, kustomize === undefined ? files : [kustomize])
  return manifests
}
