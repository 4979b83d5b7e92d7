// Commands about kds itself.
import './common.ts'

export { completionCommand } from '../completion/completion.ts'
export { versionCommand } from '../version/version.ts'
