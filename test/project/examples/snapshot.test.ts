import { describe, expect, it } from 'vitest'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { step } from '#controller/step.ts'
import type { DaemonSet } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { Fitter } from '#scheduler/fitter.ts'
import { nameOf, poolOf, readDaemonSet, readNodes, readRunning } from './read-example.ts'

const now = Date.parse('2026-09-14T09:30:00Z')
const nodes = readNodes()
const running = readRunning()
const daemonSet = running.daemonSets[0] ?? {}
const agents = running.pods.filter((pod) => pod.metadata?.namespace === 'logging')
const agentNodes = agents.map((pod) => pod.spec?.nodeName ?? '')
const others = running.pods.filter((pod) => !agents.includes(pod))

it('holds the kinds that a snapshot may hold, and no nodes', () => {
  const counts = { Namespace: 7, PriorityClass: 4, Pod: 34, DaemonSet: 1, ControllerRevision: 3 }
  for (const [kind, count] of Object.entries(counts)) expect(running.count(kind), kind).toBe(count)
  expect(running.size).toBe(49)
})

describe('the running log agent', () => {
  it('is examples/log-agent.yaml with the defaults of the API server', () => {
    expect(defaultDaemonSet(readDaemonSet('log-agent.yaml')).spec).toEqual(daemonSet.spec)
  })

  it('has one pod on each node where it should run, and two that are left over', () => {
    const planned = [...planPlacement(daemonSet, nodes, 'default').nodes]
    const wanted = planned.filter((node) => node.result === 'run').map((node) => node.name)
    expect(new Set(agentNodes).size).toBe(agentNodes.length)
    expect(wanted.filter((name) => !agentNodes.includes(name))).toEqual([])
    const leftOver = planned.filter((node) => agentNodes.includes(node.name) && node.result !== 'run')
    expect(leftOver.map((node) => node.result)).toEqual(['stay', 'stay'])
    const taints = leftOver.flatMap((node) => node.node.spec?.taints ?? []).map((taint) => taint.key)
    expect(new Set(taints)).toEqual(
      new Set(['node.kubernetes.io/unreachable', 'node.example.com/maintenance']),
    )
  })

  it('has one pod that its silent node cannot end', () => {
    const terminating = agents.filter((pod) => pod.metadata?.deletionTimestamp)
    expect(terminating).toHaveLength(1)
    const ready = terminating[0]?.status?.conditions?.find((condition) => condition.type === 'Ready')
    expect(ready?.status).toBe('False')
    const node = nodes.find((candidate) => nameOf(candidate) === terminating[0]?.spec?.nodeName)
    expect(node?.spec?.taints?.[0]?.key).toBe('node.kubernetes.io/unreachable')
  })

  it('is at rest: the controller would change nothing, and the stored status is what it would write', () => {
    const result = step({ daemonSet, revisions: running.revisions, nodes, pods: running.pods, now })
    expect(result.actions).toEqual([])
    expect(result.statusChanged).toBe(false)
    expect(result.revision).toBe(3)
  })
})

describe('room on the nodes', () => {
  const misfits = (file: string) => {
    const written = readDaemonSet(file)
    const isRunning = written.metadata?.name === daemonSet.metadata?.name
    const judged: DaemonSet = isRunning ? { ...written, metadata: daemonSet.metadata } : written
    const fitter = new Fitter({
      daemonSet: judged,
      pods: running.pods,
      priorityClasses: running.priorityClasses,
    })
    return [...planPlacement(written, nodes, 'default').nodes]
      .filter((node) => node.result === 'run')
      .map(({ node }) => ({ pool: poolOf(node), ...fitter.judge(node) }))
      .filter((fit) => !fit.fits)
  }

  it('is short by 40m of CPU for platform-tools on the general node that the shop fills', () => {
    expect(misfits('platform-tools.yaml')).toMatchObject([
      {
        pool: 'general',
        couldPreempt: false,
        shortages: [{ resource: 'cpu', wants: { text: '200m' }, free: { text: '160m' } }],
      },
    ])
  })

  it('is short for log-agent-v2 on the GPU node whose training run has the higher priority', () => {
    expect(misfits('log-agent-v2.yaml')).toMatchObject([
      { pool: 'gpu', couldPreempt: false, shortages: [{ resource: 'cpu', free: { text: '60m' } }] },
    ])
  })

  it('would be made for the CNI agent there, by preemption', () => {
    expect(misfits('cni-agent.yaml')).toMatchObject([{ pool: 'gpu', couldPreempt: true }])
  })

  it('has host port 9182 of one Windows node taken', () => {
    expect(misfits('windows-exporter.yaml')).toMatchObject([
      { pool: 'windows', shortages: [], portConflicts: [{ port: 9182 }] },
    ])
  })

  it.each(['log-agent.yaml', 'gpu-device-plugin.yaml', 'zone-cache.yaml'])('is enough for %s', (file) => {
    expect(misfits(file)).toEqual([])
  })
})

it('has nine ordinary pods, each on a node of the example cluster', () => {
  const known = new Set(nodes.map(nameOf))
  expect(others.filter((pod) => known.has(pod.spec?.nodeName ?? ''))).toHaveLength(9)
  expect(others).toHaveLength(9)
})
