import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** Stands in the folder of a run of the tests (see `run-folder.ts`): dist/ is built by the first test that needs it, for all. */
export function builtDist(): string {
  const folder = process.env.KDS_TEST_RUN
  if (!folder) throw new Error('vitest.config.ts names no folder for the run')
  const [dist, lock] = [join(folder, 'dist'), join(folder, 'building')]
  try {
    mkdirSync(lock)
  } catch {
    for (let tries = 0; !existsSync(dist); tries++) {
      if (tries > 2000) throw new Error('dist/ is not built: another test file began to build it')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
    return dist
  }
  const work = join(folder, 'being-built')
  execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', work], { stdio: 'pipe' })
  renameSync(work, dist)
  return dist
}
