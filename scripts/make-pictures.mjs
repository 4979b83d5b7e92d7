// Draws docs/pictures anew: kds run for real by test/helpers/pictures, which test/project/pictures.test.ts holds them to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { common } from './bundle.mjs'

const folder = mkdtempSync(join(tmpdir(), 'kds-pictures-'))
// For what test/helpers makes on the way.
process.env.KDS_TEST_RUN = folder
try {
  const outfile = join(folder, 'pictures.mjs')
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  }
  await build({
    ...common,
    entryPoints: ['test/helpers/pictures/pictures.ts'],
    format: 'esm',
    outfile,
    banner,
  })
  const { pictures } = await import(pathToFileURL(outfile).href)
  mkdirSync('docs/pictures', { recursive: true })
  for (const [name, text] of await pictures()) writeFileSync(join('docs/pictures', name), text)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
