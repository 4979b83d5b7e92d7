import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Stage, stage } from '../../helpers/stage.ts'

let staged: Stage
beforeAll(() => {
  staged = stage()
}, 60_000)

/** The files of dist/chunks that are loaded with these, main.cjs among them. Bundles are named as their modules. */
function loadedWith(...bundles: readonly string[]): string[] {
  const folder = join(staged.folder, 'dist', 'chunks')
  const chunks = readdirSync(folder)
  const loaded = new Set<string>()
  const load = (file: string) => {
    if (loaded.has(file)) return
    loaded.add(file)
    const text = readFileSync(join(folder, file), 'utf8')
    // What is loaded later is required when a promise is kept.
    for (const [, path = ''] of text.matchAll(/(?<!=>(?:[\w$]+\()?)require\("\.\/([^"]+)"\)/g)) load(path)
  }
  load('main.cjs')
  for (const bundle of bundles) {
    const found = chunks.filter((name) => name.replace(/-\w+\.cjs$/, '') === bundle)
    expect(found).toHaveLength(1)
    load(found[0] ?? '')
  }
  return [...loaded]
}

/**
 * Each file costs a command most of a millisecond. What is loaded lazily anew, past the bundles, may cut a file of many into
 * several: then take it into a bundle.
 */
describe('how many files are loaded', () => {
  it.each<[string, number, readonly string[]]>([
    ['by --version', 2, []],
    ['by a completion', 5, ['answer']],
    ['by a completion that asks the cluster', 14, ['answer', 'live']],
    ['by help', 6, ['cli']],
    ['by a plan', 15, ['cli', 'plan', 'js-yaml-events']],
    ['by a lint', 16, ['cli', 'lint', 'js-yaml-events']],
    ['by a question about nodes', 16, ['cli', 'nodes', 'js-yaml-events']],
    ['before a connection is begun', 7, ['ahead']],
    ['by the history of a roll-out', 15, ['ahead', 'cli', 'live']],
    ['by the start of a sandbox', 14, ['cli', 'sandbox', 'sandbox-server']],
  ])('%s: at most %i', (_, most, bundles) => {
    expect(loadedWith(...bundles).length).toBeLessThanOrEqual(most)
  })

  it('widths are measured by one package', () => {
    const texts = readFileSync(join(staged.folder, 'dist', 'THIRD_PARTY_LICENSES.txt'), 'utf8')
    const names = [...texts.matchAll(/^([\w@/-]*width[\w-]*) \d/gm)].map(([, name]) => name)
    expect(names).toEqual(['fast-string-truncated-width', 'fast-string-width'])
  })

  it('sees them', () => {
    const help = loadedWith('cli')
    const text = help
      .map((file) => readFileSync(join(staged.folder, 'dist', 'chunks', file), 'utf8'))
      .join('\n')
    expect(help.length).toBeGreaterThan(2)
    // Of the registry, of commander, and of base.
    for (const part of ['the DaemonSet companion to kubectl', 'commander.', 'KdsError'])
      expect(text).toContain(part)
  })
})

/** What Node has loaded of its own when these files of dist/chunks are, in the words of `process.moduleLoadList`. */
function loadedOfNode(files: readonly string[]): string {
  const program = `
    const known = {}
    const load = (name) => {
      if (!name.startsWith('./')) return require(name)
      if (!known[name]) eval(require('fs').readFileSync(name, 'utf8'))(load, (known[name] = { exports: {} }))
      return known[name].exports
    }
    for (const name of process.argv.slice(1)) load('./' + name)
    console.log(process.moduleLoadList.join())`
  const cwd = join(staged.folder, 'dist', 'chunks')
  return execFileSync(process.execPath, ['-e', program, ...files], { encoding: 'utf8', cwd })
}

it('nothing makes Node load what its own modules have and nobody asks for', () => {
  const loaded = loadedOfNode(readdirSync(join(staged.folder, 'dist', 'chunks')))
  expect(loaded).toContain('NativeModule https')
  // By imports: all Nodes read `promises` of `node:fs` or `webcrypto` of `node:crypto`, newer ones `WebSocket` of `node:http`.
  expect(loaded).not.toMatch(/internal\/(deps\/undici|crypto\/webcrypto)/)
})

it('a server whose name takes a while to be looked up is connected to before the code that talks to it is loaded', () => {
  const early = join(staged.folder, 'early.cjs')
  writeFileSync(
    early,
    `require('node:dns').lookup = (name, { all }, answer) =>
      setImmediate(() => setImmediate(() => {
        console.log(name, process.moduleLoadList.includes('NativeModule https'))
        answer(null, all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4)
      }))`,
  )
  const argv = ['-r', early, join(staged.folder, 'bin/kds.js'), 'rollout', 'history', 'ds/a']
  const { stderr, stdout } = spawnSync(process.execPath, [...argv, '--server=https://kds.invalid:1'], {
    encoding: 'utf8',
    env: { HOME: staged.folder },
  })
  expect(stdout).toMatch(/^kds\.invalid false\nkds\.invalid false\n/)
  expect(stderr).toMatch(/refused/)
})

it('a plan from files makes Node load nothing that starts programs, encrypts, writes files or asks servers', () => {
  const loaded = loadedOfNode(loadedWith('cli', 'plan', 'js-yaml-events'))
  expect(loaded).toContain('NativeModule tty')
  expect(loaded).not.toMatch(/NativeModule (child_process|crypto|fs\/promises|https?|os|tls|zlib)\b/)
})

it('what is loaded last of all works in the package, too: a manifest is mended in place', () => {
  const file = join(staged.folder, 'x.yaml')
  writeFileSync(
    file,
    'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}\nspec:\n  revisionHistoryLimit: 0 # none\n',
  )
  const argv = [join(staged.folder, 'bin/kds.js'), 'lint', '-f', file, '--fix', '--disable', 'all']
  execFileSync(process.execPath, [...argv, '--enable', 'history-limit'])
  expect(readFileSync(file, 'utf8')).toContain('  revisionHistoryLimit: 10 # none\n')
})
