// Bundles src/ into dist/ with splitting, so that a command loads only what it needs.
//   node scripts/build.mjs [--outdir DIR]
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { licenceTexts, split } from './bundle.mjs'

const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } })
rmSync(values.outdir, { recursive: true, force: true })
const { metafile } = await build({ ...split, outdir: values.outdir })
writeFileSync(join(values.outdir, 'THIRD_PARTY_LICENSES.txt'), licenceTexts(metafile))
