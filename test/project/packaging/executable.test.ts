import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { singleFile } from '../../helpers/single-file.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const plan = ['plan', '-f', `${process.cwd()}/examples/gpu-device-plugin.yaml`]
const planned = [...plan, '--nodes', `${process.cwd()}/examples/cluster.yaml`, '-o', 'name']

describe.skipIf(!singleFile)('the single file (skipped unless npm run test:executable runs it)', () => {
  /** Its names as commands, and what a user's folder may hold that Bun would read. */
  let folder: string
  beforeAll(() => {
    folder = temporaryFolder()
    for (const name of ['kds', 'kubectl-kds', 'kubectl_complete-kds'])
      symlinkSync(singleFile ?? '', join(folder, name))
    writeFileSync(join(folder, 'shout.js'), "console.log('led astray')\n")
    writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./shout.js"]\nlogLevel = "debug"\n')
    writeFileSync(join(folder, '.env'), 'KUBECONFIG=/led/astray\nNO_COLOR=1\n')
    writeFileSync(
      join(folder, 'package.json'),
      '{"name":"astray","type":"commonjs","imports":{"#base/*":"./x"}}',
    )
    writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"paths":{"*":["./shout.js"]}}}')
  })

  /** Runs one of its names in that folder, without Node or Bun on the PATH. */
  const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}, name = 'kds') => {
    const { stdout, stderr, status } = spawnSync(join(folder, name), argv, {
      cwd: folder,
      env: { PATH: '/nowhere', HOME: folder, ...env },
      encoding: 'utf8',
    })
    return { out: stdout, err: stderr, exit: status }
  }

  it('is of at most 120 MB', () => {
    expect(statSync(singleFile ?? '').size).toBeLessThanOrEqual(120e6)
  })
  it('needs nothing on the PATH, and reads nothing of the folder that it is called in', () => {
    expect(run(['--version'])).toEqual({ out: `kds ${version}\n`, err: '', exit: 0 })
    const { out, err, exit } = run(['rollout', 'history', 'ds/a'])
    expect({ out, exit }).toEqual({ out: '', exit: 1 })
    expect(err).not.toContain('astray')
  })
  it.each([
    ['BUN_BE_BUN', '1'],
    ['BUN_OPTIONS', '--preload=./shout.js'],
    ['BUN_OPTIONS', '--no-such-option --print 1'],
    ['BUN_INSPECT', '1'],
    ['BUN_INSPECT_PRELOAD', './shout.js'],
    ['BUN_CONFIG_VERBOSE_FETCH', '1'],
    ['BUN_RUNTIME_TRANSPILER_CACHE_PATH', './cache'],
    ['NODE_OPTIONS', '--no-such-option'],
    ['NODE_OPTIONS', '--require=./shout.js'],
    ['NODE_PATH', '.'],
    ['NODE_ENV', 'production'],
    ['NODE_DEBUG', 'http,net,tls'],
    ['NODE_CHANNEL_FD', '1'],
    ['NODE_COMPILE_CACHE', './cache'],
  ])('takes no orders from %s=%s', (name, value) => {
    const expected = run(planned)
    expect(expected).toMatchObject({ out: expect.stringMatching(/^node\//), err: '', exit: 0 })
    expect(run(planned, { [name]: value })).toEqual(expected)
    expect(run(['--version'], { [name]: value }).out).toBe(`kds ${version}\n`)
  })
  it('is tuned by BUN_JSC_ variables alone, which nothing can switch off: the docs say so', () => {
    expect(run(planned, { BUN_JSC_useJIT: '0' })).toEqual(run(planned))
    const { err, ...answer } = run(planned, { BUN_JSC_dumpOptions: '1' })
    expect({ err: '', ...answer }).toEqual(run(planned))
    expect(err).toContain('dumpOptions=1')
    expect(run(planned, { BUN_JSC_maxPerThreadStackUsage: '100000' })).toMatchObject({ out: '', exit: 1 })
    expect(run(['--version'], { BUN_JSC_noSuchOption: '1' })).toMatchObject({ out: '', exit: 1 })
  })
  it.each(['BUN_BYTECODE_ORDER_OUT', 'BUN_BYTECODE_ORDER_NAMES_OUT', 'BUN_BYTECODE_DIGEST_OUT'])(
    'writes no file about its bytecode for %s',
    (name) => {
      run(planned, { BUN_BYTECODE_ORDER_OUT: join(folder, 'o'), [name]: join(folder, 'written') })
      expect(readdirSync(folder)).not.toContain('written')
    },
  )
  it('keeps nothing in the home of the user', () => {
    run(planned)
    expect(readdirSync(folder)).not.toContain('.cache')
  })
  it('takes words that are flags of Bun for its own', () => {
    expect(run(['--preload', './shout.js', '--version'])).toMatchObject({ out: '', exit: 1 })
    expect(run(['--print', '1']).err).toContain('--print')
  })
  it('prints completion scripts', () => {
    expect(run(['completion', 'zsh']).out).toBe(readFileSync('completions/_kds', 'utf8'))
  })
  it('is the plugin under the name of the plugin', () => {
    expect(run(['plan', '--help'], {}, 'kubectl-kds').out).toContain('kubectl kds plan')
    expect(run(['pl'], {}, 'kubectl_complete-kds').out).toMatch(/^plan\t.*\n:4\n$/)
  })
  it('starts a sandbox of itself', () => {
    const { out, exit } = run(['sandbox', 'run', '--nodes', '2', '--', join(folder, 'kds'), 'version'])
    expect(out).toContain('Server Version: v1.36')
    expect(exit).toBe(0)
  })
})
