import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet } from '../../helpers/kubectl.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { kds } from '../../helpers/run.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const simulate = (...argv: readonly string[]) => kds(['rollout', 'simulate', ...argv])
const nodes = ['--nodes', 'examples/cluster.yaml']
const file = ['-f', 'examples/log-agent-v2.yaml']

describe('what a simulation refuses', () => {
  it.each<[string, string[], string]>([
    [
      'an unknown node, with the one that was probably meant',
      [...file, ...nodes, '--fail', 'virtual-kubelet-fargat=image'],
      'error: no node "virtual-kubelet-fargat" among the 40 nodes\nhint: did you mean virtual-kubelet-fargate?\n',
    ],
    [
      'a budget that the API server refuses',
      [...file, ...nodes, '--max-unavailable', '1,0'],
      'error: the API server would refuse --max-unavailable 0: spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0\nhint: give a number or a percentage above 0, or continue anyway with --force\n',
    ],
    [
      'a surge that the API server refuses',
      [...file, ...nodes, '--max-surge', '0%'],
      'error: the API server would refuse --max-surge 0%: spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0\nhint: give a number or a percentage above 0, or continue anyway with --force\n',
    ],
    [
      'ds/NAME without a cluster',
      ['ds/x', ...nodes],
      "error: ds/NAME asks the cluster: it cannot be used with --nodes or --snapshot\nSee 'kds rollout simulate --help' for usage.\n",
    ],
    [
      'nothing to play',
      [],
      "error: no DaemonSet given: name a manifest with -f FILE or a kustomization with -k DIR, or the restart of one of the cluster with ds/NAME\nSee 'kds rollout simulate --help' for usage.\n",
    ],
  ])('%s', async (_, argv, err) => {
    expect(await simulate(...argv)).toEqual({ out: '', err, exit: 1 })
  })

  it('nothing with --force', async () => {
    const { exit, out } = await simulate(...file, ...nodes, '--max-unavailable', '0', '--force')
    expect(exit).toBe(0)
    expect(out).toMatch(/maxUnavailable 0 +1 .* done\n/)
  })
})

it('tells what comes nearest where no node matches', async () => {
  const { out } = await simulate('-f', 'examples/nowhere.yaml', ...nodes)
  expect(out).toMatch(
    /^platform\/nvme-trim: no node matches, 0 pods\n {2}each is on some nodes, no node has all: /,
  )
  expect(out).not.toContain('maxUnavailable')
})

it('a wave that is stuck tells where it stuck, not the end', async () => {
  const { out } = await simulate(
    ...file,
    ...nodes,
    '--fail',
    'ip-10-0-36-28.eu-west-1.compute.internal=crash',
  )
  expect(out).toMatch(/^logging\/log-agent: stuck after /)
  expect(out).toMatch(/\n +1 +0s +never +3 +3\/27 +26\/27 /)
})

const labels = { app: 'agent' }
const running: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'agent', image: 'agent:1' }] } },
  },
}

describe('a simulation on a live cluster', () => {
  let sandbox: Sandbox
  let folder: string
  const at = (name: string) => join(folder, name)
  const run = (...argv: readonly string[]) => liveKds(argv, { kubeconfig: at('config') })
  beforeAll(async () => {
    sandbox = await startSandbox({ objects: [...simulatedNodes(3), running], speed: 50 })
    folder = temporaryFolder()
    writeFileSync(at('config'), sandbox.kubeconfig, { mode: 0o600 })
    writeFileSync(at('ds.yaml'), exampleDaemonSet)
  })
  afterAll(async () => {
    await sandbox.close()
  })

  it('plays a file, without files of the cluster', async () => {
    const { err, exit, out } = await run('rollout', 'simulate', '-f', at('ds.yaml'))
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    expect(out).toMatch(/^default\/example-daemonset: done in /)
    expect(out).toMatch(/\n +1 +0s +10s +3 +3\/3 +3\/3 +node-\d and 2 more\n/)
  })

  it('plays the restart of a DaemonSet that is there', async () => {
    const { err, exit, out } = await run('rollout', 'simulate', 'ds/agent', '-o', 'json')
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    const [{ daemonSet, end, waves, strategy }] = JSON.parse(out).items
    expect({ daemonSet, state: end.state }).toEqual({
      daemonSet: { namespace: 'default', name: 'agent' },
      state: 'done',
    })
    expect(strategy).toMatchObject({ maxUnavailable: 1, desired: 3 })
    expect(waves.flatMap((wave: { nodes: string[] }) => wave.nodes).sort()).toEqual([
      'node-1',
      'node-2',
      'node-3',
    ])
  })

  it('names the DaemonSet that was probably meant', async () => {
    expect(await run('rollout', 'simulate', 'ds/agnt')).toMatchObject({
      err: 'Error from server (NotFound): daemonsets.apps "agnt" not found\nhint: did you mean agent?\n',
      exit: 1,
    })
  })

  it('refuses a DaemonSet that is not there', async () => {
    expect(await run('rollout', 'simulate', 'ds/other')).toMatchObject({
      err: 'Error from server (NotFound): daemonsets.apps "other" not found\n',
      exit: 1,
    })
  })
})
