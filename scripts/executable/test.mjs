// Runs tests on the single file of this machine, made anew: what they start is it.
//   node scripts/executable/test.mjs PATH...    words for vitest
import { spawnSync } from 'node:child_process'
import { ownSystem } from './bun.mjs'

const node = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1
const program = ownSystem().startsWith('win32') ? 'out/kds.exe' : 'out/kds'
const env = { ...process.env, KDS_PROGRAM: program }
process.exitCode =
  node('scripts/executable/build.mjs', '--outfile', program) ||
  node('node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2))
