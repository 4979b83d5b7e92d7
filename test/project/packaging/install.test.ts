import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Stage, stage } from '../../helpers/stage.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { type NodeBinary, nodes, npmCli } from './nodes.ts'

const hasMan = spawnSync('man', ['--version']).error === undefined

let staged: Stage
let folder: string
let tarball: string
let packed: { readonly path: string; readonly size: number }[]

beforeAll(() => {
  staged = stage()
  folder = temporaryFolder()
  const out = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: staged.folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [report] = JSON.parse(out) as { filename: string; files: { path: string; size: number }[] }[]
  if (!report) throw new Error('npm pack packed nothing')
  tarball = join(folder, report.filename)
  packed = report.files
}, 60_000)

describe('the package', () => {
  it('is smaller than one megabyte', () => {
    expect(statSync(tarball).size).toBeLessThan(1_000_000)
  })
  it('holds no sources, tests, maps or dependencies', () => {
    const strange = packed.filter(
      ({ path }) => !/^(action|bin|dist|man|completions)\/|^[^/]+\.(md|json)$|^LICENSE$/.test(path),
    )
    expect(strange.map(({ path }) => path)).toEqual([])
    const sources = packed.filter(({ path }) => /\.(ts|map)$|node_modules/.test(path))
    expect(sources.map(({ path }) => path)).toEqual(['dist/placement.d.ts'])
  })
  it('holds completions, man pages and the licences of what is bundled', () => {
    const paths = packed.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'completions/kds.bash',
        'man/kds-rollout-undo.1',
        'dist/THIRD_PARTY_LICENSES.txt',
        'dist/placement.js',
        'LICENSE',
      ]),
    )
  })
  it('runs nothing and fetches nothing when it is installed', () => {
    const content = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >
    const hooks = ['preinstall', 'install', 'postinstall']
    expect(Object.keys(content.scripts ?? {}).filter((script) => hooks.includes(script))).toEqual([])
    expect(content.dependencies ?? {}).toEqual({})
    expect(content.optionalDependencies ?? {}).toEqual({})
    expect(content.peerDependencies ?? {}).toEqual({})
  })
})

describe.each(nodes)('installed on Node $major', ({ major, path, missing }: NodeBinary) => {
  describe.skipIf(missing)(
    `into an empty prefix, offline (skipped unless npm run nodes brought Node ${major})`,
    () => {
      let prefix: string
      const env = () => ({
        PATH: `${prefix}/node:${prefix}/bin:/usr/bin:/bin`,
        HOME: prefix,
        NO_UPDATE_NOTIFIER: '1',
      })
      const run = (command: string, ...args: readonly string[]) => {
        const { stdout, stderr, status } = spawnSync(command, args, {
          env: env(),
          encoding: 'utf8',
          cwd: process.cwd(),
        })
        return { out: stdout, err: stderr, exit: status }
      }
      beforeAll(() => {
        prefix = join(folder, `node-${major}`)
        mkdirSync(join(prefix, 'node'), { recursive: true })
        symlinkSync(path, join(prefix, 'node', 'node'))
        const args = [
          npmCli,
          'install',
          '--global',
          '--offline',
          '--no-audit',
          '--no-fund',
          '--prefix',
          prefix,
          tarball,
        ]
        execFileSync(path, args, {
          env: { ...env(), npm_config_cache: join(prefix, 'cache') },
          stdio: 'pipe',
        })
      }, 60_000)

      it('brings its commands and no other package', () => {
        expect(readdirSync(join(prefix, 'bin')).sort()).toEqual([
          'kds',
          'kubectl-kds',
          'kubectl_complete-kds',
        ])
        expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['kds'])
        expect(existsSync(join(prefix, 'lib/node_modules/kds/node_modules'))).toBe(false)
      })
      it('runs on that Node', () => {
        expect(run('node', '--version').out).toMatch(new RegExp(`^v${major}\\.`))
      })
      it('tells its version', () => {
        const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
        expect(run('kds', '--version')).toEqual({ out: `kds ${version}\n`, err: '', exit: 0 })
        expect(run('kds', 'version', '--client').out).toContain(`Client Version: v${version}\n`)
      })
      it('plans', () => {
        const { out, err, exit } = run(
          'kds',
          'plan',
          '-f',
          'examples/log-agent.yaml',
          '--nodes',
          'examples/cluster.yaml',
          '-o',
          'json',
        )
        expect({ err, exit }).toEqual({ err: '', exit: 0 })
        expect(JSON.parse(out)).toMatchObject({ kind: 'PlanList' })
      })
      it('simulates', () => {
        const { err, exit } = run(
          'kds',
          'rollout',
          'simulate',
          '-f',
          'examples/log-agent.yaml',
          '--nodes',
          'examples/cluster.yaml',
        )
        expect({ err, exit }).toEqual({ err: '', exit: 0 })
      })
      it('talks to a server, and says when there is none', () => {
        const { err, exit } = run('kds', 'rollout', 'status', 'ds/x', '--server', 'http://127.0.0.1:1')
        expect(err).toContain('The connection to the server 127.0.0.1:1 was refused')
        expect(exit).toBe(1)
      })
      it('completes', () => {
        expect(run('kds', '__complete', 'pl').out).toMatch(/^plan\t.*\n:4\n$/)
        expect(run('kubectl_complete-kds', 'pl').out).toMatch(/^plan\t.*\n:4\n$/)
        expect(run('kds', 'completion', 'bash').out).toBe(readFileSync('completions/kds.bash', 'utf8'))
      })
      it('calls itself kubectl kds as a plugin', () => {
        expect(run('kubectl-kds', 'plan', '--help').out).toContain('kubectl kds plan')
      })
      it.skipIf(!hasMan)('has man pages where man finds them (skipped where there is no man)', () => {
        const shown = run('man', '-w', 'kds-rollout-undo')
        expect(shown.err).toBe('')
        expect(shown.out.trim()).toMatch(/\/man\/kds-rollout-undo\.1$/)
      })
    },
  )
})
