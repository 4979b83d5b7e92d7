import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { DryRun } from '#commands/shared/flag-values.ts'
import type { ManifestToApply } from '#commands/shared/inputs/applied-files.ts'
import type { DaemonSet } from '#kube/types.ts'

/** Flags that ask for waves. */
const asking = ['canary', 'waves', 'by', 'bake']

/** Whether the roll-out is to go in waves. @throws UsageError for what waves do in their own way */
export function wantsWaves(invocation: Invocation): boolean {
  const [asked] = asking.filter((flag) => invocation.given(flag))
  if (asked === undefined) return false
  const [other] = ['server-side', 'undo-on-failure', 'wait', 'output'].filter((flag) =>
    invocation.given(flag),
  )
  if (other === undefined) return true
  throw new UsageError(`--${asked} rolls out in waves, which take no --${other}`)
}

/**
 * Rolls out a manifest in waves; undefined where there is no such DaemonSet yet, which is to be created.
 *
 * @throws UsageError for several
 */
export async function applyInWaves(
  manifests: readonly ManifestToApply[],
  dryRun: DryRun,
  invocation: Invocation,
  connected: Connected,
  context: Context,
): Promise<number | undefined> {
  const { found } = await import('../bundles/live.ts')
  const [only, ...others] = manifests
  if (!only || others.length > 0)
    throw new UsageError(
      `waves are about one DaemonSet at a time, and there are ${manifests.length} in the files`,
    )
  const manifest = only.manifest as DaemonSet
  const { name = '', namespace = '' } = manifest.metadata ?? {}
  const there = { ...connected, namespace: namespace ?? '' }
  const current = await found(
    connected.cluster,
    { name: name ?? '', namespace: there.namespace },
    connected.signal,
  )
  if (!current) return undefined
  const { rollOutInWaves, wavesFlags } = await import('../bundles/waves.ts')
  const { flags } = wavesFlags(invocation)
  const wanted = { kind: 'manifest' as const, manifest }
  return rollOutInWaves({ name: name ?? '', wanted, flags, dryRun }, invocation, there, context)
}
