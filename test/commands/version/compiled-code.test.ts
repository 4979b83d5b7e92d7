import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtDist } from '../../helpers/built-dist.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

let place: string
beforeAll(() => {
  place = temporaryFolder()
  cpSync(builtDist(), join(place, 'dist'), { recursive: true })
  execFileSync('cp', ['-r', 'bin', 'package.json', place])
}, 60_000)

/** Runs a short call with a home of its own, and answers its exit code. */
function call(
  env: Readonly<Record<string, string>>,
  cwd = place,
  argv: readonly string[] = ['version', '--client'],
): number | null {
  const program = resolve(place, 'bin/kds.js')
  const { status } = spawnSync(process.execPath, [program, ...argv], {
    env: { PATH: process.env.PATH, ...env },
    cwd,
    timeout: 20_000,
  })
  return status
}

describe.skipIf(process.platform === 'win32')('compiled code', () => {
  const cacheOf = (name: string) => mkdtempSync(join(place, name))
  const entries = (cache: string) => readdirSync(join(cache, 'kds', 'compiled')).length

  /** The files that a cache holds, by their paths, each with what changes when it is written anew. */
  function kept(cache: string): Record<string, number> {
    const files = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    const paths = files.map(({ name, parentPath }) => join(parentPath, name)).sort()
    return Object.fromEntries(paths.map((path) => [path, statSync(path).ino]))
  }

  it('is kept in the own cache, and used from then on', () => {
    const cache = cacheOf('own-')
    const env = { XDG_CACHE_HOME: cache, HOME: '/nonexistent' }
    expect(call(env)).toBe(0)
    const first = kept(cache)
    expect(Object.keys(first).length).toBeGreaterThan(3)
    expect(call(env)).toBe(0)
    expect(kept(cache)).toEqual(first)
  })

  it('is added to by the first call of another command', () => {
    const cache = cacheOf('more-')
    const size = (name: string) => {
      const found = Object.keys(kept(cache)).filter((path) => path.endsWith(name))
      return statSync(found[0] ?? '').size
    }
    expect(call({ XDG_CACHE_HOME: cache }, place, ['--version'])).toBe(0)
    const before = size('main.cjs')
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    expect(size('main.cjs')).toBeGreaterThan(before)
  })

  it('is made anew where it is broken', () => {
    const cache = cacheOf('broken-')
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    const [broken = '', cut = ''] = Object.keys(kept(cache))
    writeFileSync(broken, 'x'.repeat(5000))
    truncateSync(cut, statSync(cut).size - 100)
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    expect(statSync(broken).size).not.toBe(5000)
    const whole = kept(cache)
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    expect(kept(cache)).toEqual(whole)
  })

  it('of other builds and Nodes stays beside it, but for what was kept longest ago', () => {
    const cache = cacheOf('old-')
    const compiled = join(cache, 'kds', 'compiled')
    mkdirSync(compiled, { recursive: true })
    const others = Array.from({ length: 8 }, (_, age) => `other-${age}`)
    for (const [age, name] of others.entries()) {
      mkdirSync(join(compiled, name))
      writeFileSync(join(compiled, name, 'main.cjs'), '')
      utimesSync(join(compiled, name), 1_000_000_000 - age, 1_000_000_000 - age)
    }
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    const there = readdirSync(compiled)
    expect(there.filter((name) => name.startsWith('other-')).sort()).toEqual(others.slice(0, 5))
    expect(there).toHaveLength(6)
  })

  it('is not kept where it is switched off', () => {
    const cache = cacheOf('off-')
    expect(call({ XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: '1' })).toBe(0)
    expect(readdirSync(cache)).toEqual([])
  })

  it('is not kept in a cache that is named relatively', () => {
    const cwd = cacheOf('cwd-')
    expect(call({ XDG_CACHE_HOME: 'relative', HOME: '' }, cwd)).toBe(0)
    expect(existsSync(join(cwd, 'relative'))).toBe(false)
  })

  it.runIf(process.platform === 'linux')('is not kept where no folder can be made', () => {
    expect(call({ HOME: '/proc' })).toBe(0)
  })

  it.each(['kds', 'kds/compiled'])('is not read from a %s that others may write to', (folder) => {
    const cache = cacheOf('open-')
    mkdirSync(join(cache, 'kds', 'compiled'), { recursive: true })
    chmodSync(join(cache, folder), 0o777)
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    expect(entries(cache)).toBe(0)
  })

  it.runIf(process.getuid?.() === 0)("is not read from another user's folder", () => {
    const cache = cacheOf('theirs-')
    mkdirSync(join(cache, 'kds', 'compiled'), { recursive: true })
    chownSync(join(cache, 'kds', 'compiled'), 12_345, 12_345)
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    expect(entries(cache)).toBe(0)
  })

  it('is not read from where a link leads', () => {
    const cache = cacheOf('link-')
    mkdirSync(join(cache, 'kds'))
    mkdirSync(join(cache, 'elsewhere'))
    symlinkSync(join(cache, 'elsewhere'), join(cache, 'kds', 'compiled'))
    expect(call({ XDG_CACHE_HOME: cache })).toBe(0)
    expect(entries(cache)).toBe(0)
  })
})
