// Runs tests on the single file of this machine, made anew: what they start is it, and what they would run in their own process
// runs in a program of the same make beside it.
//   node scripts/executable/test.mjs PATH...    words for vitest
import { spawnSync } from 'node:child_process'
import { ownSystem } from './bun.mjs'

const node = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1
const suffix = ownSystem().startsWith('win32') ? '.exe' : ''
const env = { ...process.env, KDS_PROGRAM: `out/kds${suffix}` }
const make = (...args) => node('scripts/executable/build.mjs', ...args)
process.exitCode =
  make('--outfile', `out/kds${suffix}`) ||
  make('--outfile', `out/kds-answering${suffix}`, '--entry', 'test/helpers/calls/answer.ts') ||
  node('node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2))
