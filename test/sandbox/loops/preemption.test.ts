import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject, KubeObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { StatusError } from '#sandbox/api/status-errors.ts'
import { budgetAfterEviction } from '#sandbox/http/eviction.ts'
import { podsOf } from '#sandbox/loops/context.ts'
import { scenes } from '../../helpers/preemption-scenes.ts'
import {
  begin,
  change,
  clock,
  cluster,
  conditionOf,
  create,
  daemonSet,
  events,
  pods,
  start,
} from '../../helpers/simulation.ts'

const spec = (cpu: string, priorityClassName?: string) => ({
  containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }],
  ...(priorityClassName ? { priorityClassName } : {}),
})
const pod = (name: string, cpu: string, node: string, labels: JsonObject = {}) =>
  create(types.pods, 'default', { metadata: { name, labels }, spec: { ...spec(cpu), nodeName: node } })
const podNamed = (name: string) => podsOf(cluster.store).get(`default/${name}`)
const budgetOf = (name: string) =>
  cluster.store.collection(types.podDisruptionBudgets).get(`default/${name}`) as unknown as {
    readonly status: JsonObject
  }
const budget = (name: string, limits: JsonObject, labels: JsonObject = { app: name }) =>
  create(types.podDisruptionBudgets, 'default', {
    metadata: { name },
    spec: { ...limits, selector: { matchLabels: labels } },
  })

describe('a pod of higher priority', () => {
  beforeEach(() => {
    begin()
    create(types.priorityClasses, undefined, { metadata: { name: 'high' }, value: 1000 })
    create(types.priorityClasses, undefined, {
      metadata: { name: 'polite' },
      value: 1000,
      preemptionPolicy: 'Never',
    })
    for (const node of ['node-1', 'node-2', 'node-3']) pod(`filler-${node}`, '6', node)
    pod('small', '1', 'node-1')
    clock.advance(5000)
  })

  it('evicts others, waits for them on its nominated node, and is bound', () => {
    create(types.daemonSets, 'default', daemonSet('agent', { spec: spec('3', 'high') }))
    clock.advance(20)
    const waiting = pods().filter((one) => one.status?.nominatedNodeName)
    expect(waiting.map((one) => one.status?.nominatedNodeName).sort()).toEqual(['node-1', 'node-2', 'node-3'])
    expect(podNamed('filler-node-1')?.metadata.deletionTimestamp).toBeDefined()
    expect(conditionOf(podNamed('filler-node-1'), 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    })
    expect(podNamed('small')?.metadata.deletionTimestamp).toBeUndefined()
    const [uid] = waiting
      .filter((one) => one.status?.nominatedNodeName === 'node-1')
      .map((one) => one.metadata.uid)
    expect(events('Preempted')).toContain(`Preempted by pod ${uid} on node node-1`)
    expect(events('FailedScheduling')).toContain(
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    )
    clock.advance(60_000)
    const own = pods().filter((one) => one.metadata.labels?.app === 'agent')
    expect(own.map((one) => one.spec?.nodeName).sort()).toEqual(['node-1', 'node-2', 'node-3'])
    expect(own.every((one) => one.status?.nominatedNodeName === undefined)).toBe(true)
  })

  it('does not evict twice while it waits', () => {
    create(types.pods, 'default', {
      metadata: { name: 'one' },
      spec: { ...spec('3', 'high'), nodeSelector: { 'kubernetes.io/hostname': 'node-1' } },
    })
    clock.advance(20)
    change(types.nodes, undefined, 'node-1', (node) => ({
      ...node,
      metadata: {
        ...(node.metadata as JsonObject),
        labels: { 'kubernetes.io/hostname': 'node-1', more: 'x' },
      },
    }))
    clock.advance(20)
    expect(conditionOf(podNamed('one'), 'PodScheduled')?.message).toMatch(
      /preemption: not eligible due to a terminating pod on the nominated node\.$/,
    )
    expect(podNamed('one')?.status?.nominatedNodeName).toBe('node-1')
    expect(podNamed('small')?.metadata.deletionTimestamp).toBeUndefined()
  })

  it('evicts nobody if its class never does', () => {
    create(types.pods, 'default', { metadata: { name: 'one' }, spec: spec('3', 'polite') })
    clock.advance(20)
    expect(conditionOf(podNamed('one'), 'PodScheduled')?.message).toBe(
      '0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    )
    expect(events('Preempted')).toEqual([])
  })

  it('that may go anywhere evicts where it does the least harm', () => {
    create(types.priorityClasses, undefined, { metadata: { name: 'middle' }, value: 5 })
    create(types.pods, 'default', {
      metadata: { name: 'middling' },
      spec: { ...spec('1', 'middle'), nodeName: 'node-2' },
    })
    pod('second', '1', 'node-1')
    pod('idle', '2', 'node-3')
    clock.advance(5000)
    create(types.pods, 'default', { metadata: { name: 'one' }, spec: spec('7', 'high') })
    clock.advance(20)
    // A pod of priority 5 on node-2 weighs more than any of priority 0, three on node-1 more than two on node-3.
    expect(podNamed('one')?.status?.nominatedNodeName).toBe('node-3')
  })
})

describe('disruption budgets', () => {
  beforeEach(() => {
    begin()
    for (const name of ['a', 'b', 'c']) pod(name, '1', 'node-1', { app: 'db' })
    clock.advance(10_000)
  })

  it('tell how many of their pods may go', () => {
    budget('db', { minAvailable: 2 })
    clock.advance(100)
    expect(budgetOf('db').status).toMatchObject({
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    })
    cluster.registry.delete(types.pods, 'default', 'a', {})
    clock.advance(100)
    expect(budgetOf('db').status).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'InsufficientPods' }],
    })
  })

  it('allow nothing where the scale of the pods is not known', () => {
    create(types.daemonSets, 'default', daemonSet('agent'))
    budget('agent', { maxUnavailable: 1 })
    clock.advance(5000)
    expect(budgetOf('agent').status).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'SyncFailed' }],
    })
  })

  it('are asked by an eviction: one goes, the next is refused until there is room', () => {
    budget('db', { minAvailable: 2 })
    clock.advance(100)
    const evict = (name: string) => {
      const there = podNamed(name)
      const next = there && budgetAfterEviction(cluster.store, there, '2026-11-20T20:00:11Z')
      if (next) cluster.registry.write(types.podDisruptionBudgets, next, { manager: 'test', status: true })
    }
    evict('a')
    expect(budgetOf('db').status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { a: '2026-11-20T20:00:11Z' },
    })
    expect(() => evict('b')).toThrow(StatusError)
    try {
      evict('b')
    } catch (error) {
      expect((error as StatusError).status).toMatchObject({
        code: 429,
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget db needs 2 healthy pods and has 3 currently',
            },
          ],
        },
      })
    }
    budget('second', { minAvailable: 0 }, { app: 'db' })
    expect(() => evict('c')).toThrow(/more than one PodDisruptionBudget/)
  })

  it('refuse both limits at once', () => {
    expect(() => budget('db', { minAvailable: 1, maxUnavailable: 1 })).toThrow(
      /minAvailable and maxUnavailable cannot be both set/,
    )
  })
})

describe('scenes of the upstream scheduler', () => {
  it.each(scenes)('%s', (_, scene) => {
    const namespace = scene.daemonSet.metadata?.namespace ?? ''
    const kinded = (kind: string, apiVersion: string) => (object: object) =>
      ({ ...object, kind, apiVersion }) as KubeObject
    begin({
      objects: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        ...scene.priorityClasses.map(kinded('PriorityClass', 'scheduling.k8s.io/v1')),
        ...scene.nodes,
        ...scene.pods.map(kinded('Pod', 'v1')),
        ...scene.pdbs.map(kinded('PodDisruptionBudget', 'policy/v1')),
      ],
    })
    create(types.daemonSets, namespace, scene.daemonSet as unknown as JsonObject)
    clock.advance(60_000)
    const left = new Set(pods().map(({ metadata }) => metadata.name))
    const own = pods().filter(({ metadata }) => metadata.ownerReferences?.length)
    const outcome = Object.keys(scene.outcome).map((node) => {
      const bound = own.some((one) => one.spec?.nodeName === node)
      const victims = scene.pods
        .filter((one) => one.spec?.nodeName === node && !left.has(one.metadata?.name ?? ''))
        .map((one) => one.metadata?.name)
      const waiting = own.find((one) => JSON.stringify(one.spec?.affinity).includes(`"${node}"`))
      const message = bound ? {} : { message: conditionOf(waiting, 'PodScheduled')?.message }
      return [node, { bound, victims, ...message }]
    })
    expect(Object.fromEntries(outcome)).toEqual(
      Object.fromEntries(
        Object.entries(scene.outcome).map(([node, one]) => [node, { ...one, victims: one.victims ?? [] }]),
      ),
    )
    expect(clock.now()).toBeGreaterThan(start)
  })
})
