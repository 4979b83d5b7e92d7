// Packs the single executable of this platform with what belongs beside it.
//   node scripts/pack-executable.mjs FOLDER    writes FOLDER/kds-VERSION-PLATFORM.tar.gz (.zip on Windows)
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { version } from './bundle.mjs'

const folder = resolve(process.argv[2] ?? 'sea')
const windows = process.platform === 'win32'
const name = `kds-${version}-${process.platform}-${process.arch}`
const content = join(folder, name)
mkdirSync(content, { recursive: true })
execFileSync(
  process.execPath,
  ['scripts/make-sea.mjs', '--outfile', join(content, windows ? 'kds.exe' : 'kds')],
  {
    stdio: 'inherit',
  },
)
for (const part of ['completions', 'man', 'LICENSE', 'README.md', 'CHANGELOG.md'])
  cpSync(part, join(content, part), { recursive: true })
// Node is in the executable, too; its licence stands in the folder that it was installed to.
const nodeHome = windows ? dirname(process.execPath) : dirname(dirname(process.execPath))
cpSync(join(nodeHome, 'LICENSE'), join(content, 'LICENSE.node.txt'))
// The tar of Windows is bsdtar, which makes zip files by their name.
const archive = windows ? ['-a', '-cf', `${name}.zip`] : ['-czf', `${name}.tar.gz`]
execFileSync('tar', [...archive, '-C', content, '.'], { cwd: folder, stdio: 'inherit' })
rmSync(content, { recursive: true })
