// Bundles src/ into dist/ with splitting, so that a command loads only what it needs.
//   node scripts/build.mjs [--outdir DIR]
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { common, licenceTexts, minified } from './bundle.mjs'
import { bundleGroups } from './bundle-groups.mjs'

const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } })
rmSync(values.outdir, { recursive: true, force: true })
const { metafile } = await build({
  ...common,
  ...minified,
  entryPoints: ['src/main.ts'],
  outdir: values.outdir,
  splitting: true,
  plugins: [
    ...common.plugins,
    bundleGroups(process.cwd(), JSON.parse(readFileSync('package.json', 'utf8')).imports),
  ],
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
  // Bundled CommonJS packages call require for node's own modules.
  banner: {
    js: "import{createRequire as kdsRequire}from'node:module';const require=kdsRequire(import.meta.url);",
  },
})
writeFileSync(join(values.outdir, 'THIRD_PARTY_LICENSES.txt'), licenceTexts(metafile))
