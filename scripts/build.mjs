// Bundles src/ into dist/ with splitting, so that a command loads only what it needs.
import { readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const version = JSON.parse(readFileSync('package.json', 'utf8')).version
rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { KDS_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require for node's own modules.
  banner: {
    js: "import{createRequire as kdsRequire}from'node:module';const require=kdsRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
