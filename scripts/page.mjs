// Builds the program of `kds plan -o html` for browsers, and hands it to whatever bundles or tests src/ as the module `…?bundle`.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** What becomes a part of the page as it is: no `</script` may stand in it. */
function piece(text) {
  if (/<\/(script|style)/i.test(text)) throw new Error('the text would end its element')
  return { text, hash: hashOf(text) }
}

/** Of Node the reader of YAML asks whether bytes are UTF-8; the page reads texts. */
const withoutNode = {
  name: 'without-node',
  setup(build) {
    build.onResolve({ filter: /^node:buffer$/ }, ({ path }) => ({ path, namespace: 'none' }))
    build.onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'export const isUtf8 = () => true' }))
  },
}

async function bundled(options) {
  const { outputFiles } = await build({
    bundle: true,
    write: false,
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
    plugins: [withoutNode],
    alias: {
      'fast-string-width': './scripts/string-width.cjs',
      'string-width': './scripts/string-width.cjs',
    },
    ...options,
  })
  return outputFiles[0].text
}

/** The module's text: `style`, `loader` and `program`, each with its hash. */
async function pageModule() {
  const [program, loader, style] = await Promise.all([
    bundled({ entryPoints: ['src/page/main.ts'], format: 'iife', globalName: 'kds' }),
    bundled({ entryPoints: ['src/page/loader.ts'], format: 'iife' }),
    bundled({ entryPoints: ['src/page/style/page.css'] }),
  ])
  const packed = { text: gzipSync(program, { level: 9 }).toString('base64'), hash: hashOf(program) }
  const pieces = { style: piece(style), loader: piece(loader), program: packed }
  return Object.entries(pieces)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
    .join('\n')
}

const isPage = /\?bundle$/

/** For esbuild. */
export const pageForBundles = {
  name: 'page',
  setup(build) {
    build.onResolve({ filter: isPage }, ({ path }) => ({ path, namespace: 'page' }))
    build.onLoad({ filter: /./, namespace: 'page' }, async () => ({ contents: await pageModule() }))
  },
}

/** For Vite, which runs the tests. */
export const pageForTests = {
  name: 'page',
  enforce: 'pre',
  resolveId: (id) => (isPage.test(id) ? '\0page' : undefined),
  load: (id) => (id === '\0page' ? pageModule() : undefined),
}
