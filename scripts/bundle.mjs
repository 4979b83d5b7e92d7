// How src/ becomes JavaScript, and what of other people is in it. Shared by build, executable/build, make-docs and pack-sbom.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { pageForBundles } from './page.mjs'

export const version = JSON.parse(readFileSync('package.json', 'utf8')).version

/**
 * client-node's modules do nothing when they are loaded, but do not say so: told that, esbuild leaves out what nobody uses.
 * Of what is left, kds never reaches these packages (its own carrier, decoder and providers stand in for them), and needs the
 * proxies' agents only where there is a proxy; and of the generated models it uses none, because it reads raw JSON.
 */
const unusedByClientNode = {
  'js-yaml': 'export default {}',
  'jsonpath-plus': 'export const JSONPath = undefined',
  'node-fetch': 'export default undefined; export const Headers = undefined',
  'openid-client': 'export const discovery = undefined, refreshTokenGrant = undefined',
}
const onFirstUse = (name, classes) =>
  classes
    .map((one) => `export function ${one}(...args) { return new (require('${name}').${one})(...args) }`)
    .join('\n')
const late = {
  hpagent: onFirstUse('hpagent', ['HttpProxyAgent', 'HttpsProxyAgent']),
  'socks-proxy-agent': onFirstUse('socks-proxy-agent', ['SocksProxyAgent']),
}

/** kds paints the spinner itself, clips it to one row, hides no cursor, leaves stdin alone, and ends with no symbol. */
const unusedByOra = {
  chalk: 'export default undefined',
  'cli-cursor': 'export default undefined',
  'log-symbols': 'export default undefined',
  'stdin-discarder': 'export default undefined',
  'string-width': 'export default () => 1',
}

/** No command of kds is a program of its own that commander would start. */
const unusedByCommander = { 'node:child_process': 'export const spawn = undefined' }

const lean = {
  name: 'lean',
  setup(build) {
    build.onResolve({ filter: /./ }, async ({ path, pluginData, ...args }) => {
      if (pluginData?.resolved) return undefined
      const ofClientNode = /@kubernetes[\\/]client-node/.test(`${args.importer} ${path}`)
      const [, by] = /node_modules[\\/](ora|commander)[\\/]/.exec(args.importer) ?? []
      if (!ofClientNode && !by) return undefined
      const stubs = { ora: unusedByOra, commander: unusedByCommander }[by] ?? {
        ...unusedByClientNode,
        ...late,
      }
      if (stubs[path] && args.namespace === 'file')
        return { path, namespace: 'stub', sideEffects: false, pluginData: { ...args, contents: stubs[path] } }
      const found = await build.resolve(path, { ...args, pluginData: { resolved: true } })
      return found.external ? found : { ...found, sideEffects: false }
    })
    build.onLoad({ filter: /./, namespace: 'stub' }, ({ pluginData: { contents, resolveDir } }) => ({
      contents,
      resolveDir,
    }))
    build.onLoad({ filter: /models[\\/]ObjectSerializer\.js$/ }, ({ path }) => ({
      contents: withoutModels(path),
    }))
    build.onLoad({ filter: /[\\/]apis[\\/]CustomObjectsApi\.js$/ }, ({ path }) => ({
      contents: withoutUncalled(path),
    }))
    build.onLoad({ filter: /[\\/]js-yaml\.mjs$/ }, ({ path }) => ({ contents: parserAlone(path) }))
  },
}

/** The serializer without the models that it could make objects of; what it does with raw JSON stays the same. */
function withoutModels(path) {
  const text = readFileSync(path, 'utf8')
  const lean = text
    .replace(/^(?:import|export \*) .*$/gm, '')
    .replace(/^let typeMap = \{[^}]*\};$/m, 'let typeMap = {};')
    .replace(/^let enumsMap = new Set\(\[[^\]]*\]\);$/m, 'let enumsMap = new Set();')
  if (lean.length > 20_000)
    throw new Error(`${path} is not written as it was: its models could not be left out`)
  return lean
}

/**
 * js-yaml's parser alone, with a state that is written out. Made by spreading, the state of each call is of a class of its own to V8,
 * and a parser that is called for each of thousands of items runs at a quarter of its speed in Node 20. Schemas and the writer make
 * much when they are loaded, a millisecond of each call, and esbuild cannot know that nobody needs it.
 */
function parserAlone(path) {
  const parts = readFileSync(path, 'utf8').split(/^\/\/#region src\//m)
  const parser = parts.filter((part) => /^(?:common|parser)\/(?!constructor)/.test(part)).join('// ')
  const spread = /\.\.\.DEFAULT_PARSER_OPTIONS,\s*\.\.\.options,(?=\s*input:)/
  if (!spread.test(parser)) throw new Error(`${path} is not written as it was: its parser stands elsewhere`)
  const state = 'filename: options?.filename ?? "", maxDepth: options?.maxDepth ?? 100,'
  return `// ${parser.replace(spread, state)}
export { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException }`
}

/** What kds calls of the client that client-node generated for custom objects: see cluster/live/live-cluster.ts. */
const called = /^(get|list|create|patch|delete)(Cluster|Namespaced)CustomObject$/

/** The client of custom objects without the methods that nobody calls, four fifths of its text; kds decodes answers itself. */
function withoutUncalled(path) {
  const text = readFileSync(path, 'utf8')
  const lean = text.replace(
    /^ {4}async (\w*CustomObject\w*)\(.*\) \{\n[\s\S]*?^ {4}\}\n/gm,
    (method, name) => (called.test(name) ? method : ''),
  )
  if (lean.length === text.length)
    throw new Error(`${path} is not written as it was: its unused methods could not be left out`)
  return lean
}

/** esbuild's options for anything that holds code of src/. */
export const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Literals with \p{…} are checked when a file is loaded, a millisecond each; made by `new RegExp` they wait for their turn.
  supported: { 'regexp-unicode-property-escapes': false },
  // Completion scripts are bundled as text.
  loader: { '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
  alias: {
    'fast-string-width': './scripts/string-width.cjs',
    'string-width': './scripts/string-width.cjs',
  },
  define: { KDS_VERSION: JSON.stringify(version), KDS_SINGLE_FILE: 'false' },
  plugins: [lean, pageForBundles],
  logLevel: 'warning',
}

/** Without a code cache Node reads all that a call loads, so each byte counts; `-v 6` shows places of these files in any case. */
export const minified = { minify: true, legalComments: 'none', metafile: true }

/** dist/: one file for each bundle of src/commands/bundles/, and for what several of them share. */
export const split = {
  ...common,
  ...minified,
  entryPoints: ['src/main.ts'],
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
  // Bundled CommonJS packages call require for node's own modules.
  banner: { js: 'const require=process.getBuiltinModule;' },
}

/** Code that runs in browsers, too: of Node it has nothing. */
export const anywhere = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  alias: common.alias,
  logLevel: 'warning',
  ...minified,
}

/** The packages whose code is in a bundle: name, version, licence, folder. */
export function bundledPackages(metafile) {
  const folders = new Set(Object.keys(metafile.inputs).flatMap((input) => packageFolder(input) ?? []))
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return { name, version, license: license ?? 'UNKNOWN', folder }
  })
}

/** The nearest folder below node_modules that has a package.json with a name. */
function packageFolder(input) {
  if (!input.includes('node_modules/')) return undefined
  for (let folder = dirname(input); folder.includes('node_modules'); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name) return folder.split(sep).join('/')
  }
  return undefined
}

/** The licence texts that the authors of bundled packages ask to be kept with their code. */
export function licenceTexts(metafile) {
  const parts = bundledPackages(metafile).map(({ name, version, license, folder }) => {
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    if (files.length === 0) throw new Error(`${name} brings no licence text: put its authors' beside it`)
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return [`${name} ${version} (${license})`, ...texts].join('\n\n')
  })
  return `kds contains code of these packages.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
