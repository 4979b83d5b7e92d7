// The simulated cluster itself.
import './commands.ts'

export { startSandbox } from '#sandbox/sandbox.ts'
