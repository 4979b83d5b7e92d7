// Makes kds one executable file: Bun with the bundled code and its bytecode inside.
//   node scripts/executable/build.mjs [--system linux-x64] [--outfile out/kds] [--entry FILE]
// A system is named as archives name it: `process.platform`-`process.arch`, with -musl where the C library is musl.
// An entry is what is compiled instead of kds, in the same way.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { licenceTexts, split } from '../bundle.mjs'
import { bunFor, bunVersion, deafBun, ownSystem } from './bun.mjs'

const { values } = parseArgs({
  options: {
    system: { type: 'string', default: ownSystem() },
    outfile: { type: 'string' },
    entry: { type: 'string' },
  },
})
const windows = values.system.startsWith('win32')
const outfile = resolve(values.outfile ?? (windows ? 'out/kds.exe' : 'out/kds'))
const work = `${outfile}.work`
mkdirSync(work, { recursive: true })

const { metafile } = await build({
  ...split,
  define: { ...split.define, KDS_SINGLE_FILE: 'true' },
  entryPoints: undefined,
  stdin: {
    contents: values.entry
      ? `import './${values.entry}'\n`
      : `import { run } from './src/main.ts'\nrun(process)\n`,
    resolveDir: process.cwd(),
  },
  outdir: work,
})
// Bun for Windows is too large for any.
const bytecode = windows ? [] : ['--bytecode']
const target = `bun-${values.system.replace('win32', 'windows')}`
const args = [
  ['build', '--compile', `--target=${target}`, `--compile-executable-path=${deafBun(values.system)}`],
  ['--minify', '--format=esm', '--splitting', ...bytecode],
  // Most calls end before code that was compiled to run fast has paid for its compiling, which takes a quarter of a plan of 40 nodes.
  ['--compile-jit-policy=4'],
  // What lies in the folder where a user calls kds is no configuration of kds'.
  ['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
  [join(work, 'stdin.js'), '--outfile', outfile],
].flat()
execFileSync(bunFor(ownSystem()), args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] })
if (process.platform === 'darwin') execFileSync('codesign', ['--sign', '-', '--force', outfile])
writeFileSync(
  join(dirname(outfile), 'THIRD_PARTY_LICENSES.txt'),
  `${licenceTexts(metafile)}\n${'-'.repeat(80)}\n\nThe file kds also contains Bun ${bunVersion}: see LICENSE.bun.md.\n`,
)
rmSync(work, { recursive: true })
console.log(`${outfile} (${(statSync(outfile).size / 1e6).toFixed(1)} MB)`)
