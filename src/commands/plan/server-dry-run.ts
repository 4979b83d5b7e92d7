import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { mergePatchBetween } from '#apiserver/patch/merge-patch.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { Cluster, WriteOptions } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { ValidateMode } from '#commands/shared/inputs/check.ts'
import type { DaemonSet, Json, JsonObject } from '#kube/types.ts'

const fieldValidation: Readonly<Record<ValidateMode, string>> = {
  strict: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
}

/**
 * The manifest as the server would store it: created, or changed where the DaemonSet is there. With `dryRun` it is not stored,
 * but the server's own defaults, validation and admission have been over it.
 *
 * @throws ApiError in kubectl's words when the server refuses it.
 */
export async function serverDryRun(
  cluster: Cluster,
  manifest: DaemonSet,
  namespace: string,
  options: WriteOptions & { readonly validate: ValidateMode },
): Promise<DaemonSet> {
  const { signal, validate, ...more } = options
  const write = { ...more, fieldValidation: fieldValidation[validate], signal }
  const metadata = { ...manifest.metadata, namespace: manifest.metadata?.namespace || namespace }
  const name = { name: metadata.name ?? '', namespace: metadata.namespace }
  const current = await cluster.get(daemonSets, name, { signal }).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  })
  if (!current) return cluster.create(daemonSets, { ...manifest, metadata } as JsonObject, write)
  const wanted = storedDaemonSet(manifest, namespace)
  const spec = mergePatchBetween(current.spec as Json, wanted.spec as Json) ?? {}
  const { labels = null, annotations = null } = wanted.metadata ?? {}
  const body = JSON.parse(
    JSON.stringify({
      metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
      spec,
    }),
  )
  return cluster.patch(daemonSets, name, { type: 'merge', body }, write)
}
