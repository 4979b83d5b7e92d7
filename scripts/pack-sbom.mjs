// Prints what of other people is inside kds, as CycloneDX 1.6: the packages in the bundle, not those that only build it, and Bun, which
// is in the single files.
import { build } from 'esbuild'
import { bundledPackages, split, version } from './bundle.mjs'
import { bunVersion } from './executable/bun.mjs'

const { metafile } = await build({ ...split, outdir: 'dist', write: false })
const purl = (name, of) => `pkg:npm/${name.replace('@', '%40')}@${of}`
const component = (name, of, license, type) => ({
  type,
  name,
  version: of,
  'bom-ref': purl(name, of),
  purl: purl(name, of),
  licenses: [{ expression: license }],
})
const components = bundledPackages(metafile).map((one) =>
  component(one.name, one.version, one.license, 'library'),
)
components.push(component('bun', bunVersion, 'MIT', 'platform'))
const kds = component('kds', version, 'Apache-2.0', 'application')
console.log(
  JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: kds },
      components,
      dependencies: [{ ref: kds['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) }],
    },
    null,
    2,
  ),
)
