import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import { clock, get, post, serve } from '../served.ts'

/* The cases of the preflight recording that rest on what the sandbox serves, asked of it as of a server. */

serve()

const fixture = (file: string) =>
  load(readFileSync(`test/fixtures/apiserver/preflight/${file}`, 'utf8')) as Record<string, unknown>
const dryRun = (namespace: string, file: string) =>
  post(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, fixture(`${file}.json`))

describe('pods are let in or refused in the words of a server', () => {
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
