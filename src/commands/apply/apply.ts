import type { Command } from '#cli/spec.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import { filesToApply, tellOthers } from '#commands/shared/inputs/applied-files.ts'
import { askFirst } from './ask-first.ts'
import { applyInWaves, wantsWaves } from './in-waves.ts'

export const applyCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const { applyFlags, applyManifests, withCluster } = await import('../bundles/live.ts')
    const flags = applyFlags(invocation, context)
    const waves = wantsWaves(invocation)
    return withCluster(invocation, context, async (connected) => {
      const { manifests, others } = await filesToApply(invocation, connected, context)
      tellOthers(others, invocation, context)
      await askFirst(manifests, invocation, flags, connected, context)
      const done = waves
        ? await applyInWaves(manifests, flags.dryRun, invocation, connected, context)
        : undefined
      if (done !== undefined) return done
      return applyManifests(manifests, { ...flags, loadStates }, connected, context)
    })
  },
})
