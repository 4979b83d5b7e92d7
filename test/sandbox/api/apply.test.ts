import { beforeEach, describe, expect, it } from 'vitest'
import type { ManagedFields } from '../managed.ts'
import { ownersOf } from '../managed.ts'
import {
  clock,
  configMaps,
  daemonSet,
  daemonSets,
  get,
  merge,
  post,
  put,
  remove,
  send,
  serve,
} from '../served.ts'

serve()

const path = `${daemonSets}/w`
const contentType = 'application/apply-patch+yaml'
const apply = (manager: string, body: unknown, more = '', to = path) =>
  send({ method: 'PATCH', path: `${to}?fieldManager=${manager}${more}`, body, contentType })

/** A DaemonSet `w` with labels and a container. */
const config = (container: object = {}, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'w', ...metadata },
  spec: {
    selector: { matchLabels: { app: 'w' } },
    template: {
      metadata: { labels: { app: 'w' } },
      spec: { containers: [{ name: 'c', image: 'nginx:1', ...container }] },
    },
  },
})

const managers = async (of = path) =>
  ((await get(of)).body.metadata.managedFields ?? []) as unknown as readonly ManagedFields[]
const owners = async (of = path) => ownersOf(await managers(of))

describe('server-side apply', () => {
  beforeEach(async () => {
    await remove(path)
    clock.advance(20)
  })

  it('creates, and is the only one to manage what it says', async () => {
    const created = await apply('me', config())
    expect(created.status).toBe(201)
    expect(await owners()).toEqual({
      me: [
        '.spec.selector',
        '.spec.template.metadata.labels.app',
        '.spec.template.spec.containers[name="c"]',
        '.spec.template.spec.containers[name="c"].image',
        '.spec.template.spec.containers[name="c"].name',
      ],
    })
    expect(created.body.spec).toMatchObject({ revisionHistoryLimit: 10 })
  })

  it('of the same changes nothing, not even times', async () => {
    const first = await apply('me', config())
    clock.advance(60)
    const before = (await get(path)).body
    const again = await apply('me', config())
    expect(again.status).toBe(200)
    expect(again.body).toEqual(before)
    expect(again.body.metadata.generation).toBe(first.body.metadata.generation)
  })

  it('takes a body in YAML', async () => {
    const text = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: w}
spec:
  selector: {matchLabels: {app: w}}
  template:
    metadata: {labels: {app: w}}
    spec:
      containers:
      - name: c   # the one
        image: nginx:yaml
`
    expect((await apply('me', text)).status).toBe(201)
    expect(JSON.stringify((await get(path)).body.spec)).toContain('nginx:yaml')
  })

  it('does nothing in a dry run', async () => {
    expect((await apply('me', config(), '&dryRun=All')).status).toBe(201)
    expect((await get(path)).status).toBe(404)
    await apply('me', config())
    const dry = await apply('me', config({ image: 'nginx:2' }), '&dryRun=All')
    expect(JSON.stringify(dry.body.spec)).toContain('nginx:2')
    expect(JSON.stringify((await get(path)).body.spec)).toContain('nginx:1')
  })

  it('refuses to take fields from others, names all of them, and takes them by force', async () => {
    await apply('me', config({ imagePullPolicy: 'Always' }))
    const other = config({ image: 'nginx:2', imagePullPolicy: 'Never' })
    const refused = await apply('you', other)
    expect(refused.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'Apply failed with 2 conflicts: conflicts with "me":\n- .spec.template.spec.containers[name="c"].image\n- .spec.template.spec.containers[name="c"].imagePullPolicy',
      reason: 'Conflict',
      details: {
        causes: ['image', 'imagePullPolicy'].map((field) => ({
          reason: 'FieldManagerConflict',
          message: 'conflict with "me"',
          field: `.spec.template.spec.containers[name="c"].${field}`,
        })),
      },
      code: 409,
    })
    expect((await apply('you', other, '&force=true')).status).toBe(200)
    const { me, you } = await owners()
    expect(you).toContain('.spec.template.spec.containers[name="c"].image')
    expect(me).not.toContain('.spec.template.spec.containers[name="c"].image')
    expect(me).toContain('.spec.template.spec.containers[name="c"].name')
  })

  it('shares a field with another manager who wants the same', async () => {
    await apply('me', config())
    expect((await apply('you', config())).status).toBe(200)
    const { me, you } = await owners()
    expect(you).toEqual(me)
    // An apply that changes nothing has no time, not even for a new manager: `kubectl-last-applied` in the recordings.
    expect((await managers()).map(({ manager, time }) => [manager, time === undefined])).toEqual([
      ['you', true],
      ['me', false],
    ])
  })

  it('removes what it no longer says, unless someone else manages it', async () => {
    await apply('me', config({}, { labels: { mine: '1', ours: '1' } }))
    await apply('you', { ...config(), metadata: { name: 'w', labels: { ours: '1' } } })
    await merge(`${path}?fieldManager=hand`, { metadata: { labels: { hand: '1' } } })
    const { body } = await apply('me', config())
    expect((body.metadata as { readonly labels?: object }).labels).toEqual({ ours: '1', hand: '1' })
  })

  it('removes elements of lists by their keys, and keeps those of others where they are', async () => {
    const env = (...names: string[]) => config({ env: names.map((name) => ({ name, value: name })) })
    await apply('me', env('A', 'B', 'C'))
    await send({
      method: 'PATCH',
      path: `${path}?fieldManager=hand`,
      contentType: 'application/strategic-merge-patch+json',
      body: {
        spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'H', value: 'h' }] }] } } },
      },
    })
    await apply('me', env('C', 'A'))
    const { spec } = (await get(path)).body as unknown as {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: { readonly env: { name: string }[] }[] } }
      }
    }
    expect(spec.template.spec.containers[0]?.env.map(({ name }) => name).join('')).toMatch(/^(HCA|CHA|CAH)$/)
    expect((await owners()).hand).toContain('.spec.template.spec.containers[name="c"].env[name="H"].value')
  })

  it('knows a port by its number and protocol, TCP unless it says otherwise', async () => {
    await apply('me', config({ ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }] }))
    expect((await owners()).me).toContain(
      '.spec.template.spec.containers[name="c"].ports[containerPort=53,protocol="UDP"].protocol',
    )
    const { status, body } = await apply(
      'me',
      config({ ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'TCP' }] }),
    )
    expect([status, body.message]).toEqual([
      500,
      'failed to create typed patch object (/w; apps/v1, Kind=DaemonSet): .spec.template.spec.containers[name="c"].ports: duplicate entries for key [containerPort=53,protocol="TCP"]',
    ])
  })

  it.each<[string, object, number, string]>([
    [
      'an unknown field',
      { ...config(), spec: { ...config().spec, replicas: 1 } },
      500,
      'failed to create typed patch object (/w; apps/v1, Kind=DaemonSet): .spec.replicas: field not declared in schema',
    ],
    [
      'several faults',
      config({ image: 5, tty: 'yes', env: 'x' }),
      500,
      [
        'failed to create typed patch object (/w; apps/v1, Kind=DaemonSet): errors:',
        '  .spec.template.spec.containers[name="c"].image: expected string, got &value.valueUnstructured{Value:5}',
        '  .spec.template.spec.containers[name="c"].tty: expected boolean, got &{yes}',
        '  .spec.template.spec.containers[name="c"].env: expected list, got &{x}',
      ].join('\n'),
    ],
    [
      'another kind',
      { ...config(), kind: 'Pod', apiVersion: 'v1' },
      400,
      'invalid object type: /v1, Kind=Pod',
    ],
    ['managed fields', config({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
    [
      'another name',
      config({}, { name: 'x' }),
      400,
      'the name of the object (x) does not match the name on the URL (w)',
    ],
    [
      'a uid of an object that is not there',
      config({}, { uid: 'u' }),
      409,
      'Operation cannot be fulfilled on daemonsets.apps "w": uid mismatch: the provided object specified uid u, and no existing object was found',
    ],
    [
      'what is not valid',
      config({ image: '' }),
      422,
      'DaemonSet.apps "w" is invalid: spec.template.spec.containers[0].image: Required value',
    ],
  ])('refuses %s', async (_what, body, code, message) => {
    expect((await apply('me', body)).body).toMatchObject({ code, message })
  })

  it('refuses an old resourceVersion', async () => {
    await apply('me', config())
    const { body } = await apply('me', config({ image: 'nginx:2' }, { resourceVersion: '1' }))
    expect(body).toMatchObject({ code: 409, reason: 'Conflict' })
  })

  it('of the status manages it through its own door', async () => {
    await apply('me', config())
    const status = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'w' },
      status: { collisionCount: 1 },
    }
    expect((await apply('me', status, '', `${path}/status`)).status).toBe(200)
    const [own, through] = (await managers()).filter(({ manager }) => manager === 'me')
    expect([own?.subresource, through?.subresource]).toEqual([undefined, 'status'])
    expect(ownersOf([through] as never)).toEqual({ me: ['.status.collisionCount'] })
    // Through the other door a status is neither written nor managed.
    await apply('you', { ...status, status: { collisionCount: 7 } })
    expect((await get(path)).body.status).toMatchObject({ collisionCount: 1 })
    expect(await owners()).not.toHaveProperty('you')
  })

  it('gives what was there before to nobody in particular', async () => {
    await post(daemonSets, daemonSet('w'))
    const { body } = await get(path)
    await put(path, { ...body, metadata: { ...body.metadata, managedFields: [] } })
    expect(await managers()).toEqual([])
    clock.advance(20)
    await merge(path, { spec: { minReadySeconds: 3 } })
    expect(await managers()).toEqual([])
    const refused = await apply('me', { ...config(), spec: { minReadySeconds: 4 } })
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.minReadySeconds',
    )
  })

  it('keeps ten managers that update apart, and puts the oldest together', async () => {
    for (let at = 0; at < 12; at++) {
      clock.advance(1)
      await merge(`${configMaps}/a?fieldManager=m${at}`, { data: { [`k${at}`]: 'v' } })
    }
    const all = (await managers(`${configMaps}/a`)).map(({ manager }) => manager)
    expect(all).toHaveLength(10)
    expect(all).toContain('ancient-changes')
    expect((await owners(`${configMaps}/a`))['ancient-changes']).toContain('.data.k0')
  })

  it('of managed fields that are nonsense passes over them', async () => {
    await apply('me', config())
    const before = await managers()
    const { body } = await get(path)
    await put(`${path}?fieldManager=x`, {
      ...body,
      metadata: { ...body.metadata, managedFields: [{ manager: 'x' }] },
    })
    expect(await managers()).toEqual(before)
  })
})

describe('a pod that a controller made', () => {
  it('is managed by the controller, and its status by the kubelet', async () => {
    await post(daemonSets, daemonSet('made'))
    clock.advance(60_000)
    const { items } = (await get('/api/v1/namespaces/default/pods?labelSelector=app%3Dmade')).body
    const pod = items[0]?.metadata as unknown as { name: string; managedFields: ManagedFields[] }
    const { 'kube-controller-manager': made = [], kubelet = [] } = ownersOf(pod.managedFields)
    expect(made).toEqual(
      expect.arrayContaining([
        '.metadata.generateName',
        '.metadata.labels',
        '.metadata.labels.controller-revision-hash',
        '.metadata.ownerReferences',
        '.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
        '.spec.containers[name="c"].image',
        '.spec.enableServiceLinks',
        '.spec.tolerations',
      ]),
    )
    for (const field of ['.spec.nodeName', '.spec.priority', '.spec.serviceAccountName', '.status.phase'])
      expect(made).not.toContain(field)
    expect(kubelet).toEqual(
      expect.arrayContaining(['.status.phase', '.status.podIP', '.status.conditions[type="Ready"].status']),
    )
    expect(kubelet).not.toContain('.status.qosClass')
    const addresses = items.map(({ metadata }) => {
      const { kubelet: fields = [] } = ownersOf(metadata.managedFields as unknown as ManagedFields[])
      return fields.filter((field) => /^\.status\.podIPs\[ip="[\d.]+"\]\.ip$/.test(field)).join()
    })
    expect(new Set(addresses).size).toBe(2)
    expect(addresses).not.toContain('')
    expect(kubelet.join()).not.toContain('PodScheduled')
    const path = `/api/v1/namespaces/default/pods/${pod.name}`
    await merge(`${path}?fieldManager=hand`, { metadata: { labels: { hand: '1' } } })
    expect(Object.keys(await owners(path)).sort()).toEqual(['hand', 'kube-controller-manager', 'kubelet'])
  })
})
