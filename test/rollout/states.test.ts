import { describe, expect, it } from 'vitest'
import * as resources from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { readStates } from '#rollout/states.ts'
import { MemoryCluster, refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet as daemonSetOf, node, pod, revision, world } from '../helpers/rollout-world.ts'

const daemonSet: DaemonSet = {
  metadata: { name: 'agent', namespace: 'n', uid: 'ds', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } },
  },
  status: { observedGeneration: 1 },
}
const failed = (message: string) => ({
  metadata: { name: 'e', namespace: 'n' },
  involvedObject: { kind: 'DaemonSet', name: 'agent', namespace: 'n', uid: 'ds' },
  reason: 'FailedCreate',
  message: `Error creating: pods "agent-" is forbidden: ${message}`,
  count: 9,
})
const noAccount = 'error looking up service account n/agent: serviceaccount "agent" not found'

describe('pods that were refused for want of an object', () => {
  const stateAfter = async (message: string, change: (cluster: MemoryCluster) => void) => {
    const cluster = new MemoryCluster()
    cluster.put(resources.nodes, { metadata: { name: 'n1' } })
    cluster.put(resources.events, failed(message))
    change(cluster)
    const { signal } = new AbortController()
    const [state] = await readStates(cluster, [daemonSet], { now: 0, signal })
    return { state, reads: cluster.calls.filter((call) => call.includes('get')) }
  }
  const kept = { side: 'admission', cause: 'service-account', stuck: true }

  it.each([
    ['a ServiceAccount', noAccount, resources.serviceAccounts, 'agent'],
    ['a PriorityClass', 'no PriorityClass with name high was found', resources.priorityClasses, 'high'],
    ['a RuntimeClass', 'pod rejected: RuntimeClass "gvisor" not found', resources.runtimeClasses, 'gvisor'],
  ])('wait for the controller alone once it is there: %s', async (_, message, resource, name) => {
    const { state } = await stateAfter(message, (cluster) =>
      cluster.put(resource, { metadata: { name, ...(resource.namespaced && { namespace: 'n' }) } }),
    )
    expect(state?.holds).toMatchObject([{ side: 'admission', stuck: false, next: [{ kind: 'wait' }] }])
    expect(state?.holds[0]?.sentence).toBe(
      `the API server refused new pods (9 times): ${message}; it is there by now, and the controller tries again within 17 minutes of its last try`,
    )
    expect(state?.health).toBe('moving')
    expect(state?.finishes.can).toBe(true)
  })

  it('are told as refused while it is not there, or nobody may look', async () => {
    expect((await stateAfter(noAccount, () => {})).state?.holds).toMatchObject([kept])
    const { state } = await stateAfter(noAccount, (cluster) => {
      cluster.put(resources.serviceAccounts, { metadata: { name: 'agent', namespace: 'n' } })
      cluster.before = (call, { kind }) => {
        if (call === 'get' && kind === 'ServiceAccount') throw refusedWith(403, 'Forbidden', 'no')
      }
    })
    expect(state?.holds).toMatchObject([kept])
  })

  it('are not looked after where nothing is missing', async () => {
    const { reads, state } = await stateAfter('exceeded quota: small, requested: pods=1', () => {})
    expect(state?.holds).toMatchObject([{ cause: 'quota' }])
    expect(reads).toEqual(['get namespaces n'])
  })
})

describe('pods whose volumes are missing', () => {
  const pod = (state: object, conditions: readonly object[] = []) => ({
    metadata: {
      name: 'agent-1',
      namespace: 'n',
      labels: { app: 'agent' },
      creationTimestamp: '1970-01-01T00:00:00Z',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'ds', controller: true },
      ],
    },
    spec: { nodeName: 'n1', containers: [{ name: 'agent', image: 'i' }] },
    status: {
      phase: 'Pending',
      conditions,
      containerStatuses: [{ name: 'agent', state: { waiting: state } }],
    },
  })
  const mount = (message: string) => ({
    metadata: { name: 'e1', namespace: 'n' },
    involvedObject: { kind: 'Pod', name: 'agent-1', namespace: 'n' },
    reason: 'FailedMount',
    type: 'Warning',
    message,
    lastTimestamp: '1970-01-01T00:01:30Z',
  })
  const holdsWith = async (
    message: string,
    there: readonly (readonly [resources.Resource, string])[] = [],
    waiting: object = { reason: 'ContainerCreating' },
  ) => {
    const cluster = new MemoryCluster()
    cluster.put(resources.nodes, { metadata: { name: 'n1' } })
    cluster.put(resources.pods, pod(waiting))
    cluster.put(resources.events, mount(message))
    for (const [resource, name] of there) cluster.put(resource, { metadata: { name, namespace: 'n' } })
    const { signal } = new AbortController()
    const [state] = await readStates(cluster, [daemonSet], { now: 100_000, signal })
    return state?.holds
  }
  const set = 'MountVolume.SetUp failed for volume "v" : '

  it.each([
    ['configmap', resources.configMaps],
    ['secret', resources.secrets],
  ])('wait for the kubelet alone once it is there: a %s', async (word, resource) => {
    const message = `${set}${word} "c" not found`
    const stuck = {
      side: 'release',
      cause: 'config',
      stuck: true,
      next: [{ kind: 'list', what: `${word}s` }, {}],
    }
    expect(await holdsWith(message)).toMatchObject([stuck])
    expect(await holdsWith(message, [[resource, 'd']])).toMatchObject([stuck])
    expect(await holdsWith(message, [[resource, 'c']])).toMatchObject([
      {
        message: `${message}; it is there by now, and the kubelet tries again within about 2 minutes`,
        stuck: false,
        next: [{ kind: 'wait' }],
      },
    ])
  })

  it('are told alike where a container takes its environment from one', async () => {
    const waiting = { reason: 'CreateContainerConfigError', message: 'configmap "c" not found' }
    const expected = { cause: 'config', next: [{ kind: 'list', what: 'configmaps' }, {}] }
    expect(await holdsWith('', [], waiting)).toMatchObject([expected])
    expect(await holdsWith('', [[resources.configMaps, 'c']], waiting)).toMatchObject([
      { next: [{ kind: 'wait' }] },
    ])
  })
})

describe('many pods that start for long', () => {
  const now = Date.UTC(2026, 10, 20, 20, 2)
  const names = Array.from({ length: 12 }, (_, at) => `n${at}`)
  const starting = { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }] }
  const counters = { desired: 12, updated: 12, available: 0 }
  const mount = (pod: string) => ({
    metadata: { name: `${pod}.1`, namespace: 'default' },
    involvedObject: { kind: 'Pod', name: pod, namespace: 'default' },
    reason: 'FailedMount',
    message: 'MountVolume.SetUp failed for volume "config" : configmap "a" not found',
    type: 'Warning',
    lastTimestamp: '2026-11-20T20:01:50Z',
  })
  const state = (waiting: readonly string[], began: string) => {
    const created = { metadata: { creationTimestamp: began } }
    const of = daemonSetOf('two', counters)
    const cluster = world({
      daemonSet: of,
      revisions: [revision(1, 'two')],
      nodes: names.map((name) => node(name)),
      pods: names.map((name) => pod(`p-${name}`, name, 'two', { ...starting, startTime: began }, created)),
    })
    for (const name of waiting) cluster.put(resources.events, mount(`p-${name}`))
    return readStates(cluster, [of as DaemonSet], { now })
  }
  const told = async (...of: Parameters<typeof state>) =>
    (await state(...of))[0]?.holds.map(({ pods, reason, stuck }) => [reason, pods.length, stuck])

  it('are all told of what they wait for', async () => {
    expect(await told(names, '2026-11-20T20:00:30Z')).toEqual([['FailedMount', 12, true]])
    expect(await told(names.slice(0, 10), '2026-11-20T20:00:30Z')).toEqual([
      ['FailedMount', 10, true],
      ['Pending', 2, false],
    ])
  })

  it('get a minute in which that may pass', async () => {
    expect(await told(names, '2026-11-20T20:01:01Z')).toEqual([['Pending', 12, false]])
  })
})
