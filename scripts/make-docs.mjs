// Writes every file that is made from the command registry: man/, completions/, docs/reference and
// package.json's list of man pages. With --check it writes nothing and fails when a file differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { build } from 'esbuild'
import { common } from './bundle.mjs'

const check = process.argv.includes('--check')
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

const bundle = await build({
  ...common,
  entryPoints: ['src/commands/generated.ts'],
  write: false,
  format: 'esm',
  // Only the specs are wanted, not the code of the commands that they would load.
  plugins: [
    {
      name: 'specs-only',
      setup: ({ onResolve }) =>
        onResolve({ filter: /./ }, ({ kind, path }) =>
          kind === 'dynamic-import' ? { path, external: true } : undefined,
        ),
    },
  ],
})
const { generatedFiles, generatedFolders } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`
)

const files = generatedFiles({
  packageJson: read('package.json'),
  changelog: read('CHANGELOG.md'),
})
const stale = [...files].filter(([file, text]) => read(file) !== text).map(([file]) => file)
const orphans = generatedFolders
  .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : []))
  .filter((file) => !files.has(file))

if (check) {
  for (const file of [...stale, ...orphans]) console.error(`out of date: ${file}`)
  if (stale.length + orphans.length > 0) console.error('run: npm run docs')
  process.exitCode = stale.length + orphans.length > 0 ? 1 : 0
} else {
  for (const file of orphans) rmSync(file)
  for (const file of stale) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, files.get(file))
    console.log(`wrote ${file}`)
  }
}
