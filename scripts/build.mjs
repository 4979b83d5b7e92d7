// Bundles src/ into dist/: the commands with splitting, so that each loads only what it needs, and the module kds/placement.
//   node scripts/build.mjs [--outdir DIR]
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, transformSync } from 'esbuild'
import { anywhere, common, licenceTexts, minified, split } from './bundle.mjs'

const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } })
rmSync(values.outdir, { recursive: true, force: true })
const { metafile, outputFiles } = await build({
  ...split,
  banner: {},
  outdir: values.outdir,
  entryNames: 'chunks/[name]',
  outExtension: { '.js': '.cjs' },
  write: false,
})
// As scripts, whose compiled code can be kept, see src/load.ts. They require Node's own modules: an import reads each name that such a
// module has, used or not, and Node 22 and newer load undici for `WebSocket` of `node:http`, 30 ms of CPU.
const script = { minify: true, format: 'cjs', target: common.target, supported: { 'dynamic-import': false } }
const hash = createHash('sha256')
for (const { path, text } of outputFiles) {
  const code = `(function(require,module){'use strict';${transformSync(text, script).code}})`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, code)
  hash.update(code)
}
await build({
  ...common,
  ...minified,
  entryPoints: ['src/load.ts'],
  external: ['./main.ts'],
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: {
    KDS_BUILD: JSON.stringify(hash.digest('hex').slice(0, 12)),
    'import.meta.dirname': '__dirname',
  },
  outdir: values.outdir,
})
const placement = { in: 'src/planning/placement.ts', out: 'placement' }
await build({ ...anywhere, entryPoints: [placement], outdir: values.outdir })
const types = [
  'placement/decision',
  'controller/changes/totals',
  'views/plan/plan-types',
  'planning/api',
].map((name) => readFileSync(`src/${name}.ts`, 'utf8'))
const withoutImports = types.map((text) => text.replace(/^import type [^']*'.*'\n/gm, ''))
writeFileSync(join(values.outdir, 'placement.d.ts'), withoutImports.join(''))
writeFileSync(join(values.outdir, 'THIRD_PARTY_LICENSES.txt'), licenceTexts(metafile))
