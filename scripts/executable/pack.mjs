// Packs the single file of a system with what belongs beside it.
//   node scripts/executable/pack.mjs FOLDER [SYSTEM]    writes FOLDER/kds-VERSION-SYSTEM.tar.xz and .tar.gz (.zip on Windows)
// The .tar.gz is a third larger and there for krew, which reads no other.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { version } from '../bundle.mjs'
import { ownSystem } from './bun.mjs'

const [place = 'out', system = ownSystem()] = process.argv.slice(2)
const folder = resolve(place)
const windows = system.startsWith('win32')
const name = `kds-${version}-${system}`
const content = join(folder, name)
mkdirSync(content, { recursive: true })
const outfile = join(content, windows ? 'kds.exe' : 'kds')
execFileSync(process.execPath, ['scripts/executable/build.mjs', '--system', system, '--outfile', outfile], {
  stdio: 'inherit',
})
for (const part of ['completions', 'man', 'LICENSE', 'README.md', 'CHANGELOG.md'])
  cpSync(part, join(content, part), { recursive: true })
cpSync('scripts/executable/LICENSE.bun.md', join(content, 'LICENSE.bun.md'))
// The tar of Windows is bsdtar, which makes zip files by their name.
const archives = windows
  ? [['-a', '-cf', `${name}.zip`]]
  : [
      ['-cJf', `${name}.tar.xz`],
      ['-czf', `${name}.tar.gz`],
    ]
for (const archive of archives)
  execFileSync('tar', [...archive, '-C', content, '.'], { cwd: folder, stdio: 'inherit' })
rmSync(content, { recursive: true })
