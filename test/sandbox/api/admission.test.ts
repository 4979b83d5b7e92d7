import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../helpers/sandbox-client.ts'
import { clock, daemonSet, get, post, sandbox, serve } from '../served.ts'

/* The cases of the preflight recording that rest on what the sandbox serves, asked of it as of a server. */

serve({ nodes: 3 })

const fixture = (file: string) =>
  load(readFileSync(`test/fixtures/apiserver/preflight/${file}`, 'utf8')) as Record<string, unknown>
const dryRun = (namespace: string, file: string) =>
  post(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, fixture(`${file}.json`))

describe('pods are admitted or refused in the words of a server', () => {
  beforeAll(async () => {
    const levels = {
      strict: { enforce: 'restricted' },
      base: { enforce: 'baseline' },
      warned: { warn: 'baseline' },
    }
    for (const [name, [[mode, level] = []]] of Object.entries(levels).map(
      ([n, l]) => [n, Object.entries(l)] as const,
    ))
      await post('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { [`pod-security.kubernetes.io/${mode}`]: level } },
      })
  })

  it.each([
    [
      'pod',
      'strict',
      403,
      'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "a"',
    ],
    ['pod-host', 'base', 403, 'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'],
    [
      'pod-priv',
      'base',
      403,
      'violates PodSecurity "baseline:latest": privileged (container "a" must not set',
    ],
    ['pod-prio', 'default', 403, 'no PriorityClass with name none was found'],
    [
      'pod-sa',
      'default',
      403,
      'error looking up service account default/none: serviceaccount "none" not found',
    ],
    ['pod-rc', 'default', 403, 'pods "agent-" is forbidden: pod rejected: RuntimeClass "none" not found'],
    ['pod', 'nons', 404, 'namespaces "nons" not found'],
  ])('%s in %s', async (file, namespace, code, why) => {
    const { body, status } = await dryRun(namespace, file)
    expect(status).toBe(code)
    expect(String(body.message)).toContain(why)
  })

  it.each(['default', 'base'])('a plain pod in %s', async (namespace) =>
    expect((await dryRun(namespace, 'pod')).status).toBe(201),
  )

  it('a namespace that warns says so, of pods and of a DaemonSet', async () => {
    const text = 'would violate PodSecurity \\"baseline:latest\\": host namespaces (hostNetwork=true)'
    const pod = await dryRun('warned', 'pod-host')
    expect([pod.status, pod.headers.warning]).toEqual([201, `299 - "${text}"`])
    const daemonSet = await post(
      '/apis/apps/v1/namespaces/warned/daemonsets?dryRun=All',
      fixture('ds-host.yaml'),
    )
    expect([daemonSet.status, daemonSet.headers.warning]).toEqual([201, `299 - "${text}"`])
  })

  it('a DaemonSet whose pods are refused has none, and Events say why', async () => {
    await post('/apis/apps/v1/namespaces/strict/daemonsets', fixture('ds.yaml'))
    clock.advance(1000)
    const { items } = (await get('/api/v1/namespaces/strict/events')).body as unknown as {
      items: { reason: string; message: string }[]
    }
    const [event] = items.filter(({ reason }) => reason === 'FailedCreate')
    expect(event?.message).toMatch(
      /^Error creating: pods "agent-.*" is forbidden: violates PodSecurity "restricted:latest"/,
    )
    expect((await get('/api/v1/namespaces/strict/pods')).body.items).toEqual([])
  })
})

describe('the pods of a DaemonSet pass the same rules', () => {
  interface Found {
    readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> }
    readonly spec: { readonly [field: string]: unknown; readonly containers: readonly unknown[] }
    readonly status: { readonly used?: object }
    readonly reason?: string
    readonly message?: string
  }
  const listed = async (path: string) => (await get(path)).body.items as unknown as readonly Found[]
  const make = (namespace: string, plural: string, object: object) =>
    post(`/api/v1/namespaces/${namespace}/${plural}`, { apiVersion: 'v1', ...object })
  const apply = (namespace: string, name: string, pod: object) =>
    post(
      `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
      daemonSet(name, {
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: 'c', image: 'nginx' }], ...pod },
        },
      }),
    )

  it('a quota takes as many as it has room for, and another when one of them is gone', async () => {
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tight' } })
    await make('tight', 'resourcequotas', {
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '2' } },
    })
    clock.advance(10)
    await apply('tight', 'agent', {})
    clock.advance(5000)
    const pods = '/api/v1/namespaces/tight/pods'
    const before = (await listed(pods)).map(({ metadata }) => metadata.name)
    expect(before).toHaveLength(2)
    const events = await listed('/api/v1/namespaces/tight/events')
    expect(events.find(({ reason }) => reason === 'FailedCreate')?.message).toMatch(
      /^Error creating: pods "agent-\w{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/,
    )
    await ask(sandbox, { method: 'DELETE', path: `${pods}/${before[0]}?gracePeriodSeconds=0` })
    clock.advance(5000)
    const after = (await listed(pods)).map(({ metadata }) => metadata.name)
    expect(after).toHaveLength(2)
    expect(after).not.toContain(before[0])
    expect((await listed('/api/v1/namespaces/tight/resourcequotas'))[0]?.status.used).toEqual({ pods: '2' })
  })

  it('each gets what the namespace, its class and its runtime give it, and keeps its node', async () => {
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'giving' } })
    const limit = { type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '200m' } }
    await make('giving', 'limitranges', {
      kind: 'LimitRange',
      metadata: { name: 'lr' },
      spec: { limits: [limit] },
    })
    await post('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 7,
    })
    await post('/apis/node.k8s.io/v1/runtimeclasses', {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'slow' },
      handler: 'slow',
      overhead: { podFixed: { cpu: '50m' } },
    })
    await apply('giving', 'agent', { priorityClassName: 'high', runtimeClassName: 'slow' })
    clock.advance(1000)
    const pods = await listed('/api/v1/namespaces/giving/pods')
    expect(pods).toHaveLength(3)
    const resources = { limits: { cpu: '500m' }, requests: { cpu: '200m' } }
    const annotation = 'LimitRanger plugin set: cpu request for container c; cpu limit for container c'
    for (const pod of pods)
      expect(pod).toMatchObject({
        metadata: { annotations: { 'kubernetes.io/limit-ranger': annotation } },
        spec: { priority: 7, overhead: { cpu: '50m' }, containers: [{ resources }] },
      })
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(3)
  })

  it('what changes in between holds for the next of the same template', async () => {
    const pods = '/api/v1/namespaces/giving/pods'
    const [first] = await listed(pods)
    const range = '/api/v1/namespaces/giving/limitranges/lr'
    await ask(sandbox, { method: 'DELETE', path: range })
    await ask(sandbox, { method: 'DELETE', path: `${pods}/${first?.metadata.name}?gracePeriodSeconds=0` })
    clock.advance(1000)
    const given = (await listed(pods)).map(({ spec }) => JSON.stringify(spec.containers).includes('500m'))
    expect(given.sort()).toEqual([false, true, true])
  })
})

it('the service account that every namespace has comes back', async () => {
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  await ask(sandbox, { method: 'DELETE', path })
  clock.advance(1)
  expect((await get(path)).status).toBe(200)
})
