/*
 * Roll-outs in waves: what few calls need. They share most of what talks to a cluster: told to load all of that, the bundler
 * leaves it in one file.
 */
import './commands.ts'
import '#controller/state/verdict.ts'
import '../complete/look-ups.ts'
import '../revisions/revisions.ts'
import '../rollout/history/history.ts'
import '../rollout/restart/restart.ts'
import '../rollout/status/status.ts'
import '../rollout/undo/undo.ts'
import '../version/ask-server.ts'

export { abortCommand } from '../rollout/waves/abort/abort.ts'
export { rollOutInWaves, wavesCommand } from '../rollout/waves/begin/begin.ts'
export { wavesFlags } from '../rollout/waves/begin/flags.ts'
export { pauseWavesCommand } from '../rollout/waves/pause/pause.ts'
export { promoteCommand } from '../rollout/waves/promote/promote.ts'
export { resumeWavesCommand } from '../rollout/waves/resume/resume.ts'
export { wavesStatusCommand } from '../rollout/waves/status/status.ts'
