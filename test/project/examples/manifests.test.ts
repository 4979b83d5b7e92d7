import { expect, it } from 'vitest'
import { planPlacement } from '#placement/plan.ts'
import { poolOf, readDaemonSet, readNodes } from './read-example.ts'

const nodes = readNodes()

/** How many nodes each manifest lands on, where a pod would only be left alone, and why it is so many. */
const expectations: readonly [file: string, counts: { run: number; stay: number; no: number }][] = [
  // Run: control plane 3, general 16 without the unreachable and the maintained one, spot 3 without the one that has just
  // joined, arm64 4. Stay, for untolerated NoSchedule taints: those 3, spot-batch 3, GPU 4, serverless 1.
  // No: Windows 3 by the nodeSelector, ingest 3 by their NoExecute taint.
  ['log-agent.yaml', { run: 23, stay: 11, no: 6 }],
  // The 4 GPU nodes are tolerated now.
  ['log-agent-v2.yaml', { run: 27, stay: 7, no: 6 }],
  // The 4 GPU nodes; no other carries the label.
  ['gpu-device-plugin.yaml', { run: 4, stay: 0, no: 36 }],
  // All but Windows 3 and the serverless node, whatever their taints.
  ['cni-agent.yaml', { run: 36, stay: 0, no: 4 }],
  // General 16; the unreachable and the maintained one take no new pod. The cordoned one does: every daemon pod
  // tolerates that taint.
  ['platform-tools.yaml', { run: 14, stay: 2, no: 24 }],
  // General in zones a and b: 6 + 5, the unreachable one among the 5. arm64 outside zone c: 3.
  ['zone-cache.yaml', { run: 13, stay: 1, no: 26 }],
  // Windows 3.
  ['windows-exporter.yaml', { run: 3, stay: 0, no: 37 }],
  // disktype=nvme is on GPU 4 and ingest 3, never in the general pool.
  ['nowhere.yaml', { run: 0, stay: 0, no: 40 }],
]

it.each(expectations)('%s lands on %o', (file, counts) => {
  const plan = planPlacement(readDaemonSet(file), nodes, 'default')
  expect(plan.count).toEqual(counts)
  expect(plan.warnings).toEqual([])
})

it('no manifest reaches the serverless node', () => {
  const virtual = nodes.filter((node) => poolOf(node) === 'virtual')
  for (const [file] of expectations) {
    expect(planPlacement(readDaemonSet(file), virtual, 'default').count.run, file).toBe(0)
  }
})

it('log-agent-v2 is log-agent with a new image, more room, the GPU toleration and a budget of 10%', () => {
  const [one, two] = [readDaemonSet('log-agent.yaml'), readDaemonSet('log-agent-v2.yaml')]
  expect(two.metadata?.name).toBe(one.metadata?.name)
  expect(two.spec?.selector).toEqual(one.spec?.selector)
  expect(two.spec?.updateStrategy?.rollingUpdate).toEqual({ maxUnavailable: '10%' })
  const tolerations = two.spec?.template?.spec?.tolerations?.map((toleration) => toleration.key)
  expect(tolerations).toEqual(['node-role.kubernetes.io/control-plane', 'nvidia.com/gpu'])
})
