import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { requireDaemonSets } from '#manifest/daemon-sets.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import { inputContext } from './context.ts'

/** A DaemonSet that a file names. */
export interface NamedObject {
  readonly name: string
  readonly namespace: string | undefined
}

/** The names of the DaemonSets in the files of `-f` or `-k`. @throws KdsError for what cannot be read, and where there is none. */
export async function namedInFiles(
  invocation: Invocation,
  context: Context,
): Promise<readonly NamedObject[]> {
  const files = invocation.list('filename')
  const kustomize = invocation.text('kustomize')
  const recursive = invocation.on('recursive')
  const manifests = await readManifests({ ...inputContext(context), files, kustomize, recursive })
  requireDaemonSets(manifests, kustomize === undefined ? files : [kustomize])
  return manifests.daemonSets.map(({ value }) => ({
    name: value.metadata?.name ?? '',
    namespace: value.metadata?.namespace || undefined,
  }))
}
