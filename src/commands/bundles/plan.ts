// Commands that judge manifests: they share manifests, checks, placement and what is said of them.
import './commands.ts'

export { planCommand } from '../plan/plan.ts'
export { simulateCommand } from '../rollout/simulate/simulate.ts'
