import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestCluster, testCluster } from '../../helpers/example-sandbox.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { kds } from '../../helpers/run.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})
afterAll(() => cluster?.close())

const argv = ['lint', '-f', 'examples/log-agent.yaml', '-f', 'examples/nowhere.yaml', '-o', 'json']
const foundIn = (out: string) =>
  JSON.parse(out).findings.map((one: { check: string; line: number; message: string }) => [
    one.check,
    one.line,
    one.message,
  ])

it('--live finds on a cluster what --nodes finds in its dump', async () => {
  const { kubeconfig } = cluster
  const live = await liveKds([...argv, '--live'], { kubeconfig })
  const dump = await kds([...argv, '--nodes', 'examples/cluster.yaml'])
  expect(JSON.parse(live.out).summary.nodesGiven).toBe(true)
  expect(foundIn(live.out)).toEqual(foundIn(dump.out))
  expect(foundIn(live.out).map(([check]: string[]) => check)).toContain('no-match')
})
