// Commands that judge manifests: they share manifests, checks, placement and what is said of them; and what the sandbox and questions about nodes share.
import './commands.ts'
import '#placement/eviction.ts'

export { applyCommand } from '../apply/apply.ts'
export { diffCommand } from '../diff/diff.ts'
export { mapCommand, planCommand } from '../plan/plan.ts'
export { simulateCommand } from '../rollout/simulate/simulate.ts'
export { setImageCommand } from '../set/image/image.ts'
