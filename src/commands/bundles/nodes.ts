// Questions about all DaemonSets on nodes: they share what they ask of a cluster with plans.
import './commands.ts'
import '../plan/plan.ts'
import '../rollout/simulate/simulate.ts'

export { overheadCommand } from '../overhead/overhead.ts'
export { whatIfCommand } from '../what-if/what-if.ts'
