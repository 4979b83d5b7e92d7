import type { Outside } from '#cli/main.ts'
import { pluginSpawner } from '#cluster/credentials/spawn-plugin.ts'
import type { LiveHost } from '#cluster/host.ts'

/** What a cluster is asked with where nobody has asked for an answer: plugins can ask nothing, and show nothing. */
export const quietHost = ({
  atExit,
  clock,
  cwd,
  env,
  version,
}: Pick<Outside, 'atExit' | 'clock' | 'cwd' | 'env' | 'version'>): LiveHost => ({
  env,
  cwd,
  version,
  clock,
  stdinIsTerminal: false,
  random: Math.random,
  spawn: pluginSpawner({ atExit, quiet: true }),
})
