// Prints the krew manifest of this version.
//   node scripts/pack-krew.mjs FOLDER HOMEPAGE    FOLDER holds the archives kds-VERSION-PLATFORM.tar.gz and .zip
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from './bundle.mjs'

const [folder, homepage] = process.argv.slice(2)
if (!folder || !homepage) throw new Error('usage: node scripts/pack-krew.mjs FOLDER HOMEPAGE')
const sha256 = (file) =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex')
process.stdout.write(
  readFileSync('krew/kds.yaml', 'utf8')
    .replace(/^#.*\n/, '')
    .replaceAll('{{version}}', version)
    .replaceAll('{{homepage}}', homepage)
    .replace(/\{\{sha256 ([^}]+)\}\}/g, (_, archive) => sha256(`kds-${version}-${archive}`)),
)
