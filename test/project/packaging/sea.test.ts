import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodes } from './nodes.ts'

const newest = nodes.find(({ major }) => major === 26)

describe.skipIf(newest?.missing ?? true)(
  'the single executable (skipped unless npm run nodes brought Node 26)',
  () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'kds-sea-'))
      const args = ['scripts/make-sea.mjs', '--node', newest?.path ?? '', '--outfile', join(folder, 'kds')]
      execFileSync(process.execPath, args, { stdio: 'pipe' })
      for (const name of ['kubectl-kds', 'kubectl_complete-kds']) symlinkSync('kds', join(folder, name))
    }, 120_000)
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    /** Without Node on the PATH. */
    const run = (name: string, ...args: readonly string[]) => {
      const env = { PATH: '/nowhere', HOME: folder, NODE_OPTIONS: '--no-such-option' }
      const { stdout, stderr, status } = spawnSync(join(folder, name), args, { env, encoding: 'utf8' })
      return { out: stdout, err: stderr, exit: status }
    }

    it('needs no Node, and is not led astray by NODE_OPTIONS', () => {
      const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
      expect(run('kds', '--version')).toEqual({ out: `kds ${version}\n`, err: '', exit: 0 })
    })
    it('plans', () => {
      const args = [
        'plan',
        '-f',
        'examples/gpu-device-plugin.yaml',
        '--nodes',
        'examples/cluster.yaml',
        '-o',
        'name',
      ]
      const { out, err, exit } = run('kds', ...args)
      expect({ err, exit }).toEqual({ err: '', exit: 0 })
      expect(out).toMatch(/^node\//)
    })
    it('prints completion scripts', () => {
      expect(run('kds', 'completion', 'zsh').out).toBe(readFileSync('completions/_kds', 'utf8'))
    })
    it('is the plugin under the name of the plugin', () => {
      expect(run('kubectl-kds', 'plan', '--help').out).toContain('kubectl kds plan')
      expect(run('kubectl_complete-kds', 'pl').out).toMatch(/^plan\t.*\n:4\n$/)
    })
    it('starts a sandbox of itself', () => {
      const { out, exit } = run('kds', 'sandbox', 'run', '--nodes', '2', '--', join(folder, 'kds'), 'version')
      expect(out).toContain('Server Version: v1.36')
      expect(exit).toBe(0)
    })
  },
)
