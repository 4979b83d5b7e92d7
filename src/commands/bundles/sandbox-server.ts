// The simulated cluster itself.
import './common.ts'

export { startSandbox } from '#sandbox/sandbox.ts'
