// How src/ becomes JavaScript, and what of other people is in it. Shared by build, make-sea, make-docs and pack-sbom.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

export const version = JSON.parse(readFileSync('package.json', 'utf8')).version

/**
 * Of client-node only the kubeconfig's credentials are used. Its modules do nothing when they are loaded, but do not say so:
 * told that, esbuild leaves out five megabytes of API classes.
 */
const withoutApiClasses = {
  name: 'without-api-classes',
  setup: (build) =>
    build.onResolve({ filter: /./ }, async ({ path, pluginData, ...args }) => {
      if (pluginData?.resolved || !/@kubernetes[\\/]client-node/.test(`${args.importer} ${path}`))
        return undefined
      const found = await build.resolve(path, { ...args, pluginData: { resolved: true } })
      return found.external ? found : { ...found, sideEffects: false }
    }),
}

/** esbuild's options for anything that holds code of src/. */
export const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Completion scripts are bundled as text.
  loader: { '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
  define: { KDS_VERSION: JSON.stringify(version), KDS_SINGLE_FILE: 'false' },
  plugins: [withoutApiClasses],
  logLevel: 'warning',
}

export const minified = { minifySyntax: true, minifyWhitespace: true, legalComments: 'none', metafile: true }

/** dist/: one file for each bundle of src/commands/bundles/, and for what several of them share. */
export const split = {
  ...common,
  ...minified,
  entryPoints: ['src/main.ts'],
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
  // Bundled CommonJS packages call require for node's own modules.
  banner: {
    js: "import{createRequire as kdsRequire}from'node:module';const require=kdsRequire(import.meta.url);",
  },
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
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return [`${name} ${version} (${license})`, ...texts].join('\n\n')
  })
  return `kds contains code of these packages.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
