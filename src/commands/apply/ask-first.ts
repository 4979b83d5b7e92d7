import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { ManifestToApply } from '#commands/shared/inputs/applied-files.ts'
import type { ApplyFlags } from './flags.ts'

/** Shows what applying comes to and asks, where somebody is there. @throws KdsError when the answer is no */
export async function askFirst(
  manifests: readonly ManifestToApply[],
  _invocation: Invocation,
  flags: ApplyFlags,
  _connected: Connected,
  context: Context,
): Promise<void> {
  if (!flags.ask) return
  const { asker, confirmed } = await import('../bundles/live.ts')
  const ask = asker(context)
  try {
    const [first] = manifests
    const what =
      manifests.length === 1
        ? `daemonset.apps/${first?.loaded.value.metadata?.name}`
        : `${manifests.length} DaemonSets`
    if (await confirmed(ask, `Apply ${what}?`)) return
  } finally {
    ask.close()
  }
  throw new KdsError('cancelled', 'apply is cancelled: nothing was changed')
}
