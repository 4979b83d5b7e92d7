// How DaemonSets are: the commands that tell it, and what others need where they ask. It shares most of its code with planning:
// told to load all of that, the bundler leaves what plans load in one file.
import './commands.ts'
import '#placement/eviction.ts'
import '../plan/plan.ts'
import '../rollout/simulate/simulate.ts'

export { LiveObjects } from '#rollout/live-objects.ts'
export { readStates } from '#rollout/states.ts'
export { describeCommand } from '../describe/describe.ts'
export { getCommand } from '../get/get.ts'
export { podsCommand } from '../pods/pods.ts'
export { whyCommand } from '../why/why.ts'
