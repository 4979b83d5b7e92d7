// Reading manifests and dumps, for commands that may do without.
import './commands.ts'

export { readNodes, readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
export { readManifestFiles } from '../shared/inputs/manifest-files.ts'
export { namedInFiles } from '../shared/inputs/named-in-files.ts'
