import { describe, expect, it } from 'vitest'
import type { Invocation } from '#cli/spec.ts'
import { finishFlags } from '#commands/sandbox/finish-flags.ts'
import { sandboxFlags } from '#commands/sandbox/flags.ts'
import { namePattern, poolFlags } from '#commands/sandbox/pool-flags.ts'
import { parseGoDuration } from '#kube/duration.ts'
import { quick } from '#sandbox/loops/behaviour.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'

const invocation = (flags: Readonly<Record<string, readonly string[]>>): Invocation => ({
  args: [],
  given: (flag) => flags[flag] !== undefined,
  text: (flag) => flags[flag]?.[0],
  list: (flag) => flags[flag] ?? [],
  on: () => false,
})
const finishes = (...list: string[]) => finishFlags(invocation({ finish: list }))
const pools = (...list: string[]) => poolFlags(invocation({ pool: list }), 0).pools

describe('--finish', () => {
  it('says how long containers of an image run, and how they end', () => {
    expect(finishes('perl=10s', 'reg/x:1=1m30s:137')).toEqual([
      { image: /perl/, seconds: 10, exitCode: 0 },
      { image: /reg\/x:1/, seconds: 90, exitCode: 137 },
    ])
  })

  it.each(['perl', '=4s', 'perl=4', 'perl=4s:256', 'perl=4s:x', 'perl=-1s', '(=4s'])('refuses %s', (text) => {
    expect(() => finishes(text)).toThrow('write IMAGE=DURATION or IMAGE=DURATION:EXITCODE')
  })
})

describe('--pool', () => {
  it('makes nodes with their labels, taints and sizes', () => {
    const [pool] = pools('gpu=2,label=team=ml,taint=gpu=yes:NoSchedule,taint=slow:NoExecute,cpu=4,zone=b')
    const nodes = simulatedNodes(pool?.count ?? 0, pool)
    expect(nodes.map(({ metadata }) => metadata?.name)).toEqual(['gpu-1', 'gpu-2'])
    expect(nodes[0]?.metadata?.labels).toMatchObject({
      team: 'ml',
      'topology.kubernetes.io/zone': 'b',
      'failure-domain.beta.kubernetes.io/zone': 'b',
      'kubernetes.io/hostname': 'gpu-1',
    })
    expect(nodes[0]?.spec?.taints).toEqual([
      { key: 'gpu', value: 'yes', effect: 'NoSchedule' },
      { key: 'slow', effect: 'NoExecute' },
    ])
    expect(nodes[0]?.status).toMatchObject({ capacity: { cpu: '4', pods: '110' }, allocatable: { cpu: '4' } })
  })

  it.each([
    ['gpu', 'begin with NAME=NUMBER'],
    ['Gpu=3', 'begin with NAME=NUMBER'],
    ['gpu=x', 'begin with NAME=NUMBER'],
    ['gpu=20000', 'at most 15000 nodes'],
    ['gpu=3,cpu=lots', '"cpu=lots" is not one of'],
    ['gpu=3,taint=a:Never', '"taint=a:Never" is not one of'],
    ['gpu=3,label=a b=c', '"label=a b=c" is not one of'],
    ['gpu=3,colour=red', '"colour=red" is not one of'],
  ])('refuses %s', (text, why) => {
    expect(() => pools(text)).toThrow(why)
  })

  it('counts nodes of the control plane, which nothing lands on by itself', () => {
    const { pools: made, count } = poolFlags(invocation({ pool: ['gpu=3'] }), 2)
    expect(count).toBe(5)
    const [node] = simulatedNodes(1, made[0])
    expect(node?.metadata?.name).toBe('control-plane-1')
    expect(node?.metadata?.labels?.['node-role.kubernetes.io/control-plane']).toBe('')
    expect(node?.spec?.taints).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
    ])
  })
})

describe('--names', () => {
  it('counts nodes as printf does', () => {
    const names = namePattern('worker-%02d')
    expect(simulatedNodes(2, { names }).map(({ metadata }) => metadata?.name)).toEqual([
      'worker-01',
      'worker-02',
    ])
  })

  it.each(['worker', 'Worker-%d', 'worker-%s'])('refuses %s', (text) => {
    expect(() => namePattern(text)).toThrow("write a node's name with %d")
  })
})

it('help tells the delays that the sandbox has', () => {
  const told = (name: string) =>
    parseGoDuration(sandboxFlags.find((flag) => flag.name === name)?.default ?? '') / 1000
  expect([told('pull-after'), told('ready-after'), told('terminate-after')]).toEqual([
    quick.pullSeconds,
    quick.readySeconds,
    quick.terminationSeconds,
  ])
})
