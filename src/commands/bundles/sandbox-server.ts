/*
 * The simulated cluster itself. Merging manifests and judging pods is all that plans and roll-outs share and it does not: with
 * that, all three share one file.
 */
import './commands.ts'
import '#apiserver/patch/applied.ts'
import '#controller/pod-state.ts'
import '#kube/pod-references.ts'

export { startSandbox } from '#sandbox/sandbox.ts'
