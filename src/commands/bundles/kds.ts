// Commands about kds itself.
import './commands.ts'

export { completionCommand } from '../completion/completion.ts'
export { versionCommand } from '../version/version.ts'
