import type { Command } from '#cli/spec.ts'
import type { LoadStates } from '#commands/rollout/following.ts'
import { setLocally } from './local.ts'

export const setImageCommand = (loadStates: LoadStates): Command => ({
  async run(invocation, context) {
    const { setImageFlags, setImageOnCluster } = await import('../../bundles/live.ts')
    const flags = setImageFlags(invocation, loadStates, context)
    if (invocation.on('local')) return setLocally(invocation, flags, context)
    return setImageOnCluster(invocation, flags, context)
  },
})
