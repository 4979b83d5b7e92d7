// Bundles src/ into dist/: the commands with splitting, so that each loads only what it needs, and the module kds/placement.
//   node scripts/build.mjs [--outdir DIR]
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { anywhere, licenceTexts, required, split } from './bundle.mjs'

const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } })
rmSync(values.outdir, { recursive: true, force: true })
const { metafile, outputFiles } = await build({ ...split, outdir: values.outdir, write: false })
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, required(text))
}
const placement = { in: 'src/planning/placement.ts', out: 'placement' }
await build({ ...anywhere, entryPoints: [placement], outdir: values.outdir })
copyFileSync('src/planning/api.ts', join(values.outdir, 'placement.d.ts'))
writeFileSync(join(values.outdir, 'THIRD_PARTY_LICENSES.txt'), licenceTexts(metafile))
