import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtDist } from '../../helpers/built-dist.ts'

let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'kds-compiled-'))
  cpSync(builtDist(), join(place, 'dist'), { recursive: true })
  execFileSync('cp', ['-r', 'bin', 'package.json', place])
}, 60_000)
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Runs a short call with a home of its own, and answers its exit code. */
function call(env: Readonly<Record<string, string>>, cwd = place): number | null {
  const program = resolve(place, 'bin/kds.js')
  const { status } = spawnSync(process.execPath, [program, 'version', '--client'], {
    env: { PATH: process.env.PATH, ...env },
    cwd,
    timeout: 20_000,
  })
  return status
}

/** Node 22.1 and newer can keep compiled code. */
const keeps = 'enableCompileCache' in (await import('node:module')).default

describe.skipIf(process.platform === 'win32')('compiled code', () => {
  const cacheOf = (name: string) => mkdtempSync(join(place, name))
  const entries = (cache: string) => readdirSync(join(cache, 'kds', 'compiled')).length

  it.runIf(keeps)('is kept in the own cache', () => {
    const cache = cacheOf('own-')
    expect(call({ XDG_CACHE_HOME: cache, HOME: '/nonexistent' })).toBe(0)
    expect(entries(cache)).toBeGreaterThan(0)
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
