// The Bun that goes into the single file, from the npm packages that bring its binaries.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const bunVersion = '1.4.5'

/** For each system that kds is made for: Bun's word for it, and the integrity that npm tells of the package with its binary. */
const packages = {
  'linux-x64': [
    'linux-x64',
    'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
  ],
  'linux-arm64': [
    'linux-aarch64',
    'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  ],
  'linux-x64-musl': [
    'linux-x64-musl',
    'sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==',
  ],
  'linux-arm64-musl': [
    'linux-aarch64-musl',
    'sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==',
  ],
  'darwin-x64': [
    'darwin-x64',
    'sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==',
  ],
  'darwin-arm64': [
    'darwin-aarch64',
    'sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==',
  ],
  'win32-x64': [
    'windows-x64',
    'sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==',
  ],
}

/** The systems that a single file is made for, as archives name them. */
export const systems = Object.keys(packages)

const isMusl = () =>
  process.platform === 'linux' && process.report?.getReport().header.glibcVersionRuntime === undefined

/** The system that this runs on. */
export const ownSystem = () => `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`

const folder = (system) => resolve('.bun', `${bunVersion}-${system}`)

/** The binary of Bun for a system, in .bun/, which is filled at the first call. It must be what npm's registry vouched for. */
export function bunFor(system) {
  if (!packages[system]) throw new Error(`no Bun is known for ${system}: one of ${systems.join(', ')}`)
  const [name, integrity] = packages[system]
  const place = folder(system)
  const binary = join(place, 'package', 'bin', name.startsWith('windows') ? 'bun.exe' : 'bun')
  if (existsSync(binary)) return binary
  const work = `${place}.${process.pid}`
  mkdirSync(work, { recursive: true })
  // npm is a script on Windows.
  const shell = process.platform === 'win32'
  const pack = ['pack', '--silent', '--pack-destination', work, `@oven/bun-${name}@${bunVersion}`]
  const archive = join(work, execFileSync('npm', pack, { encoding: 'utf8', shell }).trim())
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (found !== integrity) throw new Error(`@oven/bun-${name}@${bunVersion} is not what it was: ${found}`)
  execFileSync('tar', ['-xzf', archive, '-C', work])
  rmSync(archive)
  rmSync(place, { recursive: true, force: true })
  renameSync(work, place)
  chmodSync(binary, 0o755)
  return binary
}

/**
 * Variables by which the environment of a user would change what the file does: BUN_BE_BUN makes it Bun, BUN_OPTIONS can run any
 * code in it, and the others have it write files about its bytecode. Bun has no switch for them, so the copy that goes into the file looks for names that no
 * environment holds. Their tails stay as they are: the linker may have put other strings there.
 */
const takenVariables = [
  'BUN_BE_BUN',
  'BUN_OPTIONS',
  'BUN_BYTECODE_ORDER_OUT',
  'BUN_BYTECODE_ORDER_NAMES_OUT',
  'BUN_BYTECODE_DIGEST_OUT',
]

/** A copy of Bun's binary that takes no orders from the environment; where each variable is named once or more. */
export function deafBun(system) {
  const file = join(folder(system), 'deaf-bun')
  const bytes = readFileSync(bunFor(system))
  for (const variable of takenVariables) {
    let at = bytes.indexOf(variable)
    if (at < 0) throw new Error(`Bun ${bunVersion} for ${system} does not name ${variable}`)
    for (; at >= 0; at = bytes.indexOf(variable, at)) bytes[at] = '='.charCodeAt(0)
  }
  writeFileSync(`${file}.${process.pid}`, bytes, { mode: 0o755 })
  renameSync(`${file}.${process.pid}`, file)
  return file
}
