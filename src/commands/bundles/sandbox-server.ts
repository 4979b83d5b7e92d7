/*
 * The simulated cluster itself. Judging pods is all that plans and roll-outs share and it does not: with that, all three
 * share one file.
 */
import './commands.ts'
import '#controller/pod-state.ts'
import '#kube/pod-references.ts'

export { startSandbox } from '#sandbox/sandbox.ts'
