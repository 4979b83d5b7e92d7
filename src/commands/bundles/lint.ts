// Linting. It shares half of its code with planning: told to load all of that, the bundler leaves what plans load in one file.
import './commands.ts'
import '#placement/eviction.ts'
import '../plan/plan.ts'
import '../rollout/simulate/simulate.ts'

export { lintCommand } from '../lint/lint.ts'
