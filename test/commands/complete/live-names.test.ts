import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTyped } from '#cli/completion/typed.ts'
import { answerFor } from '#commands/complete/answer.ts'
import { liveNames } from '#commands/complete/live-names.ts'
import { registry } from '#commands/registry.ts'
import { eksContext, type TestCluster, testCluster } from '../../helpers/example-sandbox.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
  // TAB waits no longer than it takes the bundle to answer, which loads faster than the sources do.
  await Promise.all([import('#cluster/live/connect.ts'), import('#cluster/snapshot/read-snapshot.ts')])
})
afterAll(() => cluster.close())

const outside = (env: Record<string, string> = { KUBECONFIG: cluster.kubeconfig }) => ({
  env,
  cwd: process.cwd(),
  version: '0.0.0-test',
  clock: { now: () => Date.UTC(2026, 10, 21), sleep: () => Promise.resolve() },
})

const answer = async (...words: readonly string[]) =>
  (await answerFor(words, outside())).trimEnd().split('\n')
const values = async (...words: readonly string[]) =>
  (await answer(...words)).slice(0, -1).map((line) => line.split('\t')[0])

describe('names from a cluster', () => {
  it.each([
    ['DaemonSets of the namespace of -n', ['-n', 'logging', ''], ['log-agent']],
    ['DaemonSets of the namespace of -n=', ['-n=logging', 'ds/'], ['ds/log-agent']],
    ['DaemonSets of the namespace of the context', [`--context=${eksContext}`, ''], ['log-agent']],
    ['DaemonSets of all namespaces', ['-A', ''], ['log-agent']],
    ['none in an empty namespace', [''], []],
    ['none from a server that is not there', ['--context', 'away', ''], []],
    ['none with a context that is not there', ['--context', 'typo', ''], []],
    ['none with a kubeconfig that is not there', ['--kubeconfig', '/nowhere', ''], []],
    ['none for a token that is refused', ['--token', 'wrong', '-n', 'logging', ''], []],
  ])('%s', async (_, words, names) => {
    expect(await values('rollout', 'status', ...words)).toEqual(names)
  })

  it('namespaces', async () => {
    expect(await values('rollout', 'status', '-n', 'log')).toEqual(['logging'])
  })

  it('nodes', async () => {
    const nodes = await values('plan', '-f', 'x.yaml', '--node', 'ip-10-0-0-10')
    expect(nodes).toContain('ip-10-0-0-109.eu-west-1.compute.internal')
  })

  it('nodes of the dump that --nodes names, and not of the cluster', async () => {
    const words = ['plan', '--nodes', 'test/fixtures/commands/nodes-12.yaml', '--node', '']
    expect((await values(...words)).length).toBe(12)
    expect((await values('plan', '--node', '')).length).toBe(40)
  })

  it('revisions, newest first, with their change cause', async () => {
    expect(await answer('rollout', 'undo', 'ds/log-agent', '-n', 'logging', '--to-revision', '')).toEqual([
      expect.stringMatching(/^3\tlog-agent 4.1.1 with a disk buffer \(current\)$/),
      '2\tlog-agent 4.0.7 fixes a leak in the tail input',
      '1\tlog-agent 4.0.3',
      ':36',
    ])
  })

  it("revisions of the namespace's only DaemonSet where none is named", async () => {
    expect(await values('rollout', 'undo', '-n', 'logging', '--to-revision=')).toEqual(['3', '2', '1'])
  })
})

describe('names from the kubeconfig', () => {
  it.each([
    ['contexts', '--context', ['arn:aws:eks:eu-west-1:111122223333:cluster/prod', 'away', 'here']],
    ['clusters', '--cluster', ['away', 'sandbox']],
    ['users', '--user', ['admin']],
  ])('%s', async (_, flag, names) => {
    expect(await values('rollout', 'status', flag, '')).toEqual(names)
  })
})

describe('a server that does not answer', () => {
  let silent: Server
  beforeAll(async () => {
    silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    silent.closeAllConnections()
    silent.close()
  })

  it('is given up when the time is over', async () => {
    const { port } = silent.address() as AddressInfo
    const status = registry.commands.find(({ path }) => path.join(' ') === 'rollout status')
    if (!status) throw new Error('there is no rollout status')
    const over = new AbortController()
    silent.once('request', () => over.abort())
    const typed = readTyped(status, ['--server', `http://127.0.0.1:${port}`])
    expect(await liveNames('daemonset', typed, over.signal, outside({}))).toEqual([])
  })
})
