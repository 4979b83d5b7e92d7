import type { Command } from '#cli/spec.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import { filesToApply, tellOthers } from '#commands/shared/inputs/applied-files.ts'
import { askFirst } from './ask-first.ts'

export const applyCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const { applyFlags, applyManifests, withCluster } = await import('../bundles/live.ts')
    const flags = applyFlags(invocation, context)
    return withCluster(invocation, context, async (connected) => {
      const { manifests, others } = await filesToApply(invocation, connected, context)
      tellOthers(others, invocation, context)
      await askFirst(manifests, invocation, flags, connected, context)
      return applyManifests(manifests, { ...flags, loadStates }, connected, context)
    })
  },
})
