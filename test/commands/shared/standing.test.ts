import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { standingText } from '#commands/shared/standing.ts'
import type { DaemonSet } from '#kube/types.ts'
import { kds } from '../../helpers/run.ts'
import { type ServedScene, serveScene } from '../../helpers/scenes/serve.ts'

const daemonSet = (name: string, ready: number): DaemonSet => ({
  metadata: { name, namespace: 'logging', generation: 1 },
  status: {
    observedGeneration: 1,
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    numberReady: ready,
    updatedNumberScheduled: 3,
    numberAvailable: ready,
  },
})

describe('how DaemonSets stand, in a line', () => {
  it.each([
    ['none', [], 'Context prod has no DaemonSet yet.'],
    ['all well', [daemonSet('a', 3)], 'Context prod: 1 DaemonSet, all ok.'],
    [
      'one not ready',
      [daemonSet('a', 3), daemonSet('b', 2)],
      'Context prod: 1 of 2 DaemonSets not ok: logging/b.\nWhat is wrong, and what to do: kds get -A --problems',
    ],
  ])('%s', (_, all, text) => {
    expect(standingText('prod', all)).toBe(text)
  })
})

describe('kds alone', () => {
  let served: ServedScene
  beforeAll(async () => {
    served = await serveScene('stuck-dead-node')
  })
  afterAll(() => served.close())

  const alone = (kubeconfig: string, terminal?: number) =>
    kds([], { env: { KUBECONFIG: kubeconfig, NO_COLOR: '1' }, ...(terminal ? { terminal } : {}) })

  it('tells on a terminal how the DaemonSets of the cluster stand', async () => {
    const { out, err, exit } = await alone(served.kubeconfig, 80)
    expect(out).toContain('To begin with:')
    expect(out).toMatch(/\nContext \S+: 1 of 1 DaemonSet not ok: logging\/agent\.\n/)
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
  })

  it('asks nobody on a pipe', async () => {
    expect((await alone(served.kubeconfig)).out).not.toContain('Context')
  })

  it('says nothing of a cluster that is not there', async () => {
    const { out, err, exit } = await alone('/nonexistent', 80)
    expect({ err, exit, told: out.includes('Context') }).toEqual({ err: '', exit: 0, told: false })
  })

  it('does not wait for a cluster that does not answer', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    const config = `${served.kubeconfig}-silent`
    writeFileSync(
      config,
      served.sandbox.kubeconfig.replaceAll(served.sandbox.url, `https://127.0.0.1:${port}`),
    )
    const { out, err } = await alone(config, 80)
    silent.close()
    expect({ err, told: out.includes('Context') }).toEqual({ err: '', told: false })
  })
})
