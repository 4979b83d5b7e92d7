import { describe, expect, it } from 'vitest'
import { type Kubectl, kubectlFor, kubectlVersion } from '../../helpers/kubectl.ts'
import { ask } from '../../helpers/sandbox-client.ts'
import { type Body, clock, get, post, sandbox, serve } from '../served.ts'

serve()

const pods = '/api/v1/namespaces/default/pods'
const quotas = '/api/v1/namespaces/default/resourcequotas'
const pod = (name: string, cpu: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] },
})
const used = async () => ((await get(`${quotas}/q`)).body as Body & { status: { used: object } }).status.used

describe('a quota', () => {
  it('counts pods as they come and go', async () => {
    await post(pods, pod('before', '100m'))
    await post(quotas, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '3', 'requests.cpu': '1' } },
    })
    clock.advance(1)
    expect(await used()).toEqual({ pods: '1', 'requests.cpu': '100m' })
    await post(pods, pod('after', '200m'))
    expect(await used()).toEqual({ pods: '2', 'requests.cpu': '300m' })
    await post(`${pods}?dryRun=All`, pod('tried', '200m'))
    expect(await used()).toEqual({ pods: '2', 'requests.cpu': '300m' })
    await ask(sandbox, { method: 'DELETE', path: `${pods}/before?gracePeriodSeconds=0` })
    clock.advance(1)
    expect(await used()).toEqual({ pods: '1', 'requests.cpu': '200m' })
  })

  it('counts other objects by their kind, and refuses what is too many', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'small' } }
    await post('/api/v1/namespaces', namespace)
    const at = (group: string, plural: string) => `${group}/namespaces/small/${plural}`
    const map = (name: string) => ({ kind: 'ConfigMap', metadata: { name } })
    const service = (name: string, type: string) => ({
      kind: 'Service',
      metadata: { name },
      spec: { type, ports: [{ port: 1 }, { port: 2 }] },
    })
    await post(at('/api/v1', 'configmaps'), map('before'))
    const hard = {
      configmaps: '2',
      'count/jobs.batch': '0',
      'count/services': '9',
      'services.nodeports': '3',
    }
    const quota = { kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard } }
    const { headers, status } = await post(at('/api/v1', 'resourcequotas'), quota)
    expect([status, headers.warning]).toEqual([201, undefined])
    clock.advance(1)
    expect((await post(at('/api/v1', 'configmaps'), map('one'))).status).toBe(201)
    const second = await post(at('/api/v1', 'configmaps'), map('two'))
    expect([second.status, second.body.message]).toEqual([
      403,
      'configmaps "two" is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=2, limited: configmaps=2',
    ])
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
    const job = await post(at('/apis/batch/v1', 'jobs'), { metadata: { name: 'pi' }, spec: { template } })
    expect(job.body.message).toBe(
      'jobs.batch "pi" is forbidden: exceeded quota: few, requested: count/jobs.batch=1, used: count/jobs.batch=0, limited: count/jobs.batch=0',
    )
    expect((await post(at('/api/v1', 'services'), service('web', 'NodePort'))).status).toBe(201)
    const { body: other } = await post(at('/api/v1', 'services'), service('other', 'ClusterIP'))
    const opened = await ask(sandbox, {
      method: 'PUT',
      path: `${at('/api/v1', 'services')}/other`,
      body: { ...other, spec: { type: 'NodePort', ports: [{ port: 1 }, { port: 2 }] } },
    })
    expect((opened.body as Body).message).toContain(
      'requested: services.nodeports=2, used: services.nodeports=2',
    )
    await ask(sandbox, { method: 'DELETE', path: `${at('/api/v1', 'configmaps')}/one` })
    clock.advance(1)
    expect((await get(`${at('/api/v1', 'resourcequotas')}/few`)).body.status).toEqual({
      hard,
      used: { configmaps: '1', 'count/jobs.batch': '0', 'count/services': '2', 'services.nodeports': '2' },
    })
  })

  it('is counted anew when it asks for something else', async () => {
    const { body } = await get(`${quotas}/q`)
    await ask(sandbox, {
      method: 'PUT',
      path: `${quotas}/q`,
      body: { ...body, spec: { hard: { pods: '9' } }, status: { used: { pods: '8' } } },
    })
    clock.advance(1)
    expect((await get(`${quotas}/q`)).body.status).toEqual({ hard: { pods: '9' }, used: { pods: '1' } })
  })
})

describe('what cannot be is refused in the words of a server', () => {
  const range = (limit: object) => ({
    path: '/api/v1/namespaces/default/limitranges',
    body: { kind: 'LimitRange', spec: { limits: [limit] } },
  })
  const quota = (spec: object) => ({ path: quotas, body: { kind: 'ResourceQuota', spec } })
  it.each([
    [
      range({ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }),
      'LimitRange "x" is invalid: [spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1, ',
    ],
    [
      range({ type: 'Container', defaultRequest: { cpu: '2' }, default: { cpu: '1' } }),
      'LimitRange "x" is invalid: spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1',
    ],
    [
      range({ type: 'Box' }),
      'LimitRange "x" is invalid: spec.limits[0].type: Invalid value: "Box": must be a standard limit type or fully qualified',
    ],
    [
      quota({ hard: { apples: '1' } }),
      'ResourceQuota "x" is invalid: spec.hard[apples]: Invalid value: "apples": must be a standard resource for quota',
    ],
    [
      quota({ hard: { pods: '-1' } }),
      'ResourceQuota "x" is invalid: spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      { path: '/apis/node.k8s.io/v1/runtimeclasses', body: { kind: 'RuntimeClass' } },
      'RuntimeClass.node.k8s.io "x" is invalid: handler: Required value',
    ],
  ])('%j', async ({ path, body }, message) => {
    const apiVersion = path.startsWith('/apis') ? 'node.k8s.io/v1' : 'v1'
    const answer = await post(path, { apiVersion, metadata: { name: 'x' }, ...body })
    expect(answer.body.message).toContain(message)
  })
})

describe.skipIf(!kubectlVersion)(`kubectl ${kubectlVersion ?? 'is missing: skipped'}`, () => {
  const tidy = (text: string) => text.replace(/ {2,}/g, '  ').replace(/\d+(s|m\d+s)\b/g, 'AGE')
  it.each([
    ['create quota some --hard=pods=2,requests.cpu=1,limits.memory=1Gi', 'resourcequota/some created\n'],
    [
      'get quota some',
      'NAME  REQUEST  LIMIT  AGE\nsome  pods: 1/2, requests.cpu: 200m/1  limits.memory: 0/1Gi  AGE\n',
    ],
    [
      'describe quota some',
      'Name:  some\nNamespace:  default\nResource  Used  Hard\n--------  ----  ----\nlimits.memory  0  1Gi\npods  1  2\nrequests.cpu  200m  1\n',
    ],
    ['get limits,runtimeclasses', ''],
  ])('%s', async (line, out) => {
    const kubectl: Kubectl = kubectlFor(sandbox)
    const run = await kubectl.run(line.split(' '))
    clock.advance(1)
    expect(tidy(run.out)).toBe(out)
  })
})
