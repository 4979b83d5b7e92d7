import { KdsError } from '#base/errors.ts'
import { isObject, type JsonObject } from '#base/json.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { otherNamespace } from '#commands/shared/other-namespace.ts'
import { retiredVersions } from '#kube/retired.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { DaemonSet } from '#kube/types.ts'
import { nameKinds } from '#manifest/daemon-sets.ts'
import { refuseMetadataOf } from '#manifest/objects.ts'
import type { LoadedObject, SkippedKind } from '#manifest/types.ts'
import { warn } from './context.ts'
import { readManifestFiles } from './manifest-files.ts'

/** A manifest as kubectl would send it: it names its namespace. */
export interface ManifestToApply {
  readonly manifest: JsonObject
  readonly loaded: LoadedObject<DaemonSet>
}

interface FilesToApply {
  readonly manifests: readonly ManifestToApply[]
  /** What else the files hold. */
  readonly others: readonly SkippedKind[]
}

/**
 * The DaemonSets of `-f` or `-k` that `-l` selects, as they stand there.
 *
 * @throws KdsError for what cannot be read, two DaemonSets of one name, and what kubectl refuses before it asks a server
 */
export async function filesToApply(
  invocation: Invocation,
  connected: Pick<Connected, 'namespace' | 'namespaceGiven'>,
  context: Context,
): Promise<FilesToApply> {
  const selector = invocation.text('selector') || undefined
  const matches = selector === undefined ? () => true : parseLabelSelector(selector).matches
  const read = await readManifestFiles(invocation, context)
  const errors = read.diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new KdsError('ambiguous', '', { diagnostics: read.diagnostics })
  warn(read.diagnostics, context)
  const manifests = read.daemonSets
    .filter(({ locate, value }) => {
      refuseMetadataOf(value, locate)
      return matches(value.metadata?.labels ?? {})
    })
    .map((loaded) => ({ loaded, manifest: placed(loaded, connected) }))
  if (manifests.length === 0) throw new KdsError('no-objects', 'no objects passed to apply')
  return { manifests, others: read.skipped }
}

function placed(
  { locate, source, value }: LoadedObject<DaemonSet>,
  { namespace, namespaceGiven }: Pick<Connected, 'namespace' | 'namespaceGiven'>,
): JsonObject {
  const manifest = value as JsonObject
  const metadata = isObject(manifest.metadata) ? manifest.metadata : {}
  const own = typeof metadata.namespace === 'string' ? metadata.namespace : ''
  if (retiredVersions.includes(String(manifest.apiVersion)))
    throw new KdsError(
      'retired-api-version',
      `resource mapping not found for name: "${metadata.name ?? ''}" namespace: "${own}" from "${source}": no matches for kind "DaemonSet" in version "${manifest.apiVersion}"`,
      { hint: 'no server has it since Kubernetes v1.16: write apiVersion: apps/v1' },
    )
  if (namespaceGiven && own !== '' && own !== namespace) throw otherNamespace(own, namespace)
  if (!metadata.name && metadata.generateName)
    throw new KdsError('usage', `from ${metadata.generateName}: cannot use generate name with apply`)
  if (!metadata.name)
    throw new KdsError('usage', 'resource name may not be empty', { location: locate(['metadata', 'name']) })
  return own === '' ? { ...manifest, metadata: { ...metadata, namespace } } : manifest
}

/** Whatever else there is in the files is told; it is an error unless `--daemonsets-only` is given. */
export function tellOthers(
  others: readonly SkippedKind[],
  invocation: Invocation,
  { stderr }: Context,
): void {
  if (others.length === 0) return
  if (!invocation.on('daemonsets-only'))
    throw new KdsError(
      'more-than-daemonsets',
      `kds applies DaemonSets only, and there is more: ${nameKinds(others)}`,
      {
        hint: 'apply all of it with kubectl apply, or only the DaemonSets with --daemonsets-only',
      },
    )
  stderr.write(`skipped: ${nameKinds(others)}\n`)
}
