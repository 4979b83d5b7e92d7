// Makes kds one executable file: Node itself with the bundled code and its code cache inside.
//   node scripts/make-sea.mjs [--node PATH] [--outfile sea/kds]
// --node is the Node that goes into the file (25.5 or newer, which builds such files by itself); by default the running one.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { common, licenceTexts, minified } from './bundle.mjs'

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    outfile: { type: 'string', default: process.platform === 'win32' ? 'sea/kds.exe' : 'sea/kds' },
  },
})
const outfile = resolve(values.outfile)
const work = `${outfile}.work`
mkdirSync(work, { recursive: true })

// A single executable starts from one CommonJS file.
const { metafile } = await build({
  ...common,
  ...minified,
  define: { ...common.define, KDS_SINGLE_FILE: 'true' },
  stdin: { contents: `import { run } from './src/main.ts'\nrun(process)\n`, resolveDir: process.cwd() },
  outfile: join(work, 'kds.cjs'),
  format: 'cjs',
  target: 'node24',
})
writeFileSync(
  join(work, 'sea.json'),
  JSON.stringify({
    main: join(work, 'kds.cjs'),
    output: outfile,
    executable: resolve(values.node),
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: true,
    // NODE_OPTIONS is for programs of the user's, not for a tool that happens to be written with Node.
    execArgvExtension: 'none',
  }),
)
execFileSync(values.node, ['--build-sea', join(work, 'sea.json')], { stdio: ['ignore', 'ignore', 'inherit'] })
if (process.platform === 'darwin') execFileSync('codesign', ['--sign', '-', '--force', outfile])
writeFileSync(join(dirname(outfile), 'THIRD_PARTY_LICENSES.txt'), licenceTexts(metafile))
rmSync(work, { recursive: true })
console.log(`${outfile} (${(statSync(outfile).size / 1e6).toFixed(0)} MB)`)
