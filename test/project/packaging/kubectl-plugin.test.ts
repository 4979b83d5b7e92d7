import { spawn, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestCluster, testCluster } from '../../helpers/example-sandbox.ts'
import { type Stage, stage } from '../../helpers/stage.ts'

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0
const kubectlFolder = spawnSync('sh', ['-c', 'dirname "$(command -v kubectl)"'], {
  encoding: 'utf8',
}).stdout.trim()

describe.skipIf(!hasKubectl)('kubectl kds (skipped where there is no kubectl)', () => {
  let staged: Stage
  let cluster: TestCluster
  beforeAll(async () => {
    staged = stage()
    cluster = await testCluster()
  }, 60_000)
  afterAll(async () => {
    await cluster?.close()
  })

  const kubectl = (...args: readonly string[]) =>
    new Promise<{ out: string; err: string; exit: number | null }>((resolve) => {
      const child = spawn('kubectl', args, {
        env: {
          PATH: `${staged.bin}:${kubectlFolder}:/usr/bin:/bin`,
          HOME: cluster.folder,
          KUBECONFIG: cluster.kubeconfig,
        },
      })
      let out = ''
      let err = ''
      child.stdout.on('data', (chunk) => {
        out += chunk
      })
      child.stderr.on('data', (chunk) => {
        err += chunk
      })
      child.on('close', (exit) => resolve({ out, err, exit }))
    })

  it('plans', async () => {
    const { out, exit } = await kubectl(
      'kds',
      'plan',
      '-f',
      'examples/gpu-device-plugin.yaml',
      '--nodes',
      'examples/cluster.yaml',
      '-o',
      'name',
    )
    expect(exit).toBe(0)
    expect(out).toMatch(/^node\//)
  })

  it('says kubectl kds in its usage', async () => {
    const { out } = await kubectl('kds', 'plan', '--help')
    expect(out).toContain('kubectl kds plan')
    expect(out).not.toMatch(/^ *kds plan/m)
  })

  it('hands its exit code on', async () => {
    const { err, exit } = await kubectl('kds', 'plna')
    expect(exit).toBe(1)
    expect(err).toContain('kubectl kds --help')
  })

  it('is listed by kubectl', async () => {
    const { out, err } = await kubectl('plugin', 'list')
    expect(out).toContain('kubectl-kds')
    expect(err).not.toContain('kubectl-kds')
  })

  it.each([
    ['a command', ['kds', 'pl'], ['plan']],
    ['values', ['kds', 'plan', '-o', 'w'], ['wide']],
    ['a DaemonSet', ['kds', 'rollout', 'status', '-n', 'logging', ''], ['log-agent']],
    ['a DaemonSet with its type', ['kds', 'rollout', 'undo', '-n', 'logging', 'ds/'], ['ds/log-agent']],
  ])('completes %s through kubectl', async (_, words, found) => {
    const { out } = await kubectl('__complete', ...words)
    const values = out.split('\n').filter((line) => line !== '' && !line.startsWith(':'))
    expect(values.map((line) => line.split('\t')[0])).toEqual(found)
  })
})
