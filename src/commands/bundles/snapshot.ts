// Writing a snapshot, and manifests as they compare with one whose environments are hidden: both need digests.
import './commands.ts'

export { hiddenDaemonSet, hiddenTemplate } from '#cluster/snapshot/hidden-environment.ts'
export { snapshotCommand } from '../snapshot/snapshot.ts'
