import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ManualClock, manualClock } from '#sandbox/clock.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Answer, type Ask, ask } from './client.ts'

interface Meta {
  readonly name: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly continue?: string
  readonly remainingItemCount?: number
  readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[]
}
interface Body {
  readonly kind: string
  readonly metadata: Meta
  readonly items: readonly { readonly metadata: Meta }[]
  readonly [field: string]: unknown
}

const configMaps = '/api/v1/namespaces/default/configmaps'
const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const daemonSet = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    ...spec,
  },
})

let sandbox: Sandbox
let clock: ManualClock

beforeAll(async () => {
  clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
  sandbox = await startSandbox({ nodes: 2, clock, faults: true, logCapacity: 100 })
  clock.advance(10)
})
afterAll(() => sandbox.close())

const send = async (asked: Ask): Promise<Answer & { readonly body: Body }> =>
  (await ask(sandbox, asked)) as Answer & { readonly body: Body }
const get = (path: string, headers: Record<string, string> = {}) => send({ path, headers })
const post = (path: string, body: object) => send({ method: 'POST', path, body })
const put = (path: string, body: object) => send({ method: 'PUT', path, body })
const merge = (path: string, body: object) =>
  send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' })
const remove = (path: string, body?: object) => send({ method: 'DELETE', path, ...(body ? { body } : {}) })

/** Every line of a watch that ends by itself: at its timeout, which is moved to here. */
async function watched(path: string, during: () => Promise<unknown> = async () => undefined) {
  const answer = get(`${path}${path.includes('?') ? '&' : '?'}watch=1&timeoutSeconds=5`)
  while (sandbox.control.openWatches() === 0) await new Promise((resolve) => setImmediate(resolve))
  await during()
  clock.advance(6000)
  return (await answer).text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly object: Body })
}

describe('lists', () => {
  beforeAll(async () => {
    for (const name of ['a', 'b', 'c', 'd']) await post(configMaps, { metadata: { name, labels: { name } } })
  })
  const names = ({ body }: { readonly body: Body }) => body.items.map(({ metadata }) => metadata.name)

  it('come in the order of their names, and by selector', async () => {
    expect(names(await get(configMaps))).toEqual(['a', 'b', 'c', 'd'])
    expect(names(await get(`${configMaps}?labelSelector=name+in+(b,c)`))).toEqual(['b', 'c'])
    expect(names(await get(`${configMaps}?fieldSelector=metadata.name!=a`))).toEqual(['b', 'c', 'd'])
  })

  it('come in pages that all show the moment of the first', async () => {
    const first = await get(`${configMaps}?limit=2`)
    expect(first.body.metadata.remainingItemCount).toBe(2)
    await remove(`${configMaps}/c`)
    await post(configMaps, { metadata: { name: 'bb' } })
    const second = await get(`${configMaps}?limit=2&continue=${first.body.metadata.continue}`)
    expect(names(second)).toEqual(['c', 'd'])
    expect(second.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion })
    expect(names(await get(configMaps))).toEqual(['a', 'b', 'bb', 'd'])
  })

  it('show an exact version, or say that it is gone', async () => {
    const { resourceVersion } = (await get(configMaps)).body.metadata
    await remove(`${configMaps}/bb`)
    const exact = `${configMaps}?resourceVersionMatch=Exact&resourceVersion=`
    expect(names(await get(`${exact}${resourceVersion}`))).toEqual(['a', 'b', 'bb', 'd'])
    expect((await get(`${exact}1`)).body).toMatchObject({ code: 410, reason: 'Expired' })
  })

  it('of pages whose moment is gone offer a token to go on all the same', async () => {
    const first = await get(`${configMaps}?limit=1`)
    sandbox.control.compact()
    await merge(`${configMaps}/d`, { data: { x: 'y' } })
    sandbox.control.compact()
    const gone = await get(`${configMaps}?limit=1&continue=${first.body.metadata.continue}`)
    expect(gone.body).toMatchObject({ code: 410, reason: 'Expired' })
    expect(names(await get(`${configMaps}?continue=${gone.body.metadata.continue}`))).toEqual(['b', 'd'])
  })

  it('come as metadata only, or as a table', async () => {
    const partial = await get(configMaps, {
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    })
    expect(partial.body.kind).toBe('PartialObjectMetadataList')
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const table = await get(`${configMaps}?includeObject=None`, { accept })
    expect(table.body.rows).toEqual([
      { cells: ['a', 0, '0s'] },
      { cells: ['b', 0, '0s'] },
      { cells: ['d', 1, '0s'] },
    ])
  })
})

describe('writes', () => {
  beforeEach(async () => {
    await remove(`${daemonSets}/w`)
    clock.advance(10)
    await post(daemonSets, daemonSet('w'))
  })

  it('that change nothing leave the version as it is', async () => {
    const before = (await get(`${daemonSets}/w`)).body
    expect((await put(`${daemonSets}/w`, before)).body.metadata.resourceVersion).toBe(
      before.metadata.resourceVersion,
    )
  })

  it('of the spec raise the generation, those of metadata and status do not', async () => {
    expect((await merge(`${daemonSets}/w`, { spec: { minReadySeconds: 5 } })).body.metadata.generation).toBe(
      2,
    )
    expect(
      (await merge(`${daemonSets}/w`, { metadata: { labels: { x: 'y' } } })).body.metadata.generation,
    ).toBe(2)
    const { body } = await merge(`${daemonSets}/w/status`, {
      status: { numberReady: 9 },
      spec: { minReadySeconds: 7 },
    })
    expect(body).toMatchObject({
      metadata: { generation: 2 },
      spec: { minReadySeconds: 5 },
      status: { numberReady: 9 },
    })
    const after = await merge(`${daemonSets}/w`, { status: { numberReady: 0 }, spec: { minReadySeconds: 6 } })
    expect(after.body.status).toMatchObject({ numberReady: 9 })
  })

  it('of a dry run answer and store nothing', async () => {
    expect((await post(`${daemonSets}?dryRun=All`, daemonSet('dry'))).status).toBe(201)
    expect((await get(`${daemonSets}/dry`)).status).toBe(404)
    await merge(`${daemonSets}/w?dryRun=All`, { spec: { minReadySeconds: 5 } })
    expect((await remove(`${daemonSets}/w?dryRun=All`)).status).toBe(200)
    expect((await get(`${daemonSets}/w`)).body.metadata.generation).toBe(1)
  })

  it('are noted in the managed fields', async () => {
    await merge(`${daemonSets}/w?fieldManager=other`, {
      spec: { minReadySeconds: 5 },
      metadata: { labels: { a: 'b' } },
    })
    const { managedFields } = (await get(`${daemonSets}/w`)).body.metadata
    const other = managedFields?.find(({ manager }) => manager === 'other')
    expect(other?.fieldsV1).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      'f:spec': { 'f:minReadySeconds': {} },
    })
  })

  it('with unknown fields are warned of, refused, or taken silently', async () => {
    const body = daemonSet('unknown', { replicas: 3 })
    expect((await post(`${daemonSets}?dryRun=All`, body)).headers.warning).toBe(
      '299 - "unknown field \\"spec.replicas\\""',
    )
    expect((await post(`${daemonSets}?fieldValidation=Strict`, body)).status).toBe(400)
    const silent = await post(`${daemonSets}?dryRun=All&fieldValidation=Ignore`, body)
    expect([silent.status, silent.headers.warning]).toEqual([201, undefined])
    expect(silent.body.spec).not.toHaveProperty('replicas')
  })

  it('need the uid that they name', async () => {
    const { body } = await get(`${daemonSets}/w`)
    const answer = await put(`${daemonSets}/w`, { ...body, metadata: { ...body.metadata, uid: 'x' } })
    expect(answer.body).toMatchObject({ code: 409, reason: 'Conflict' })
  })

  it('that take the last finalizer off finish the deletion', async () => {
    await merge(`${daemonSets}/w`, { metadata: { finalizers: ['example.com/mine'] } })
    expect((await remove(`${daemonSets}/w`)).body.metadata).toHaveProperty('deletionTimestamp')
    expect((await get(`${daemonSets}/w`)).status).toBe(200)
    await merge(`${daemonSets}/w`, { metadata: { finalizers: null } })
    expect((await get(`${daemonSets}/w`)).status).toBe(404)
  })
})

describe('watches', () => {
  it('begin with what there is, and go on with what happens', async () => {
    const events = await watched(`${configMaps}?fieldSelector=metadata.name%3Da`, async () => {
      await merge(`${configMaps}/a`, { data: { x: '1' } })
      await merge(`${configMaps}/b`, { data: { x: '1' } })
      await remove(`${configMaps}/a`)
    })
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'ADDED a',
      'MODIFIED a',
      'DELETED a',
    ])
  })

  it('take an object that begins or ceases to match for added or deleted', async () => {
    const { resourceVersion } = (await get(configMaps)).body.metadata
    const events = await watched(
      `${configMaps}?labelSelector=on&resourceVersion=${resourceVersion}`,
      async () => {
        await merge(`${configMaps}/b`, { metadata: { labels: { on: 'yes' } } })
        await merge(`${configMaps}/b`, { metadata: { labels: { on: null } } })
      },
    )
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED'])
  })

  it('send bookmarks, and mark the end of the first objects', async () => {
    const events = await watched(
      `${configMaps}?sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
    )
    const last = events.filter(({ type }) => type === 'ADDED').length
    expect(events[last]).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    expect(events.at(-1)).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: String(sandbox.control.store.version) } },
    })
  })

  it('of a version that is gone are told so', async () => {
    sandbox.control.compact()
    const answer = await get(`${configMaps}?watch=1&resourceVersion=1`)
    expect(answer.body).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
  })

  it('come as tables whose columns are told once', async () => {
    const answer = send({
      path: `${configMaps}?watch=1&timeoutSeconds=5`,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    while (sandbox.control.openWatches() === 0) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(6000)
    const tables = (await answer).text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { object: { columnDefinitions: unknown } }).object)
    expect(tables.map(({ columnDefinitions }) => columnDefinitions !== null)).toEqual([true, false])
  })
})

describe('faults', () => {
  const set = (...faults: object[]) => put('/kds-sandbox/faults', { faults })
  beforeEach(() => remove('/kds-sandbox/faults'))
  afterAll(() => remove('/kds-sandbox/faults'))

  it.each([
    [{ kind: 'too-many-requests', retryAfterSeconds: 7 }, 429],
    [{ kind: 'internal-error' }, 500],
    [{ kind: 'unavailable' }, 503],
    [{ kind: 'unauthorized' }, 401],
  ])('%o', async (fault, code) => {
    await set({ ...fault, times: 1, resources: ['configmaps'] })
    const answer = await get(configMaps)
    expect(answer.body).toMatchObject({ kind: 'Status', code })
    expect(answer.headers['retry-after']).toBe(code === 429 ? '7' : undefined)
    expect((await get(configMaps)).status).toBe(200)
    expect((await get('/kds-sandbox/faults')).body.faults).toMatchObject([{ met: 1 }])
  })

  it('conflicts meet writes only, after as many as are let through', async () => {
    await set({ kind: 'conflict', after: 1, times: 1 })
    const codes = []
    for (let at = 0; at < 3; at += 1)
      codes.push((await merge(`${configMaps}/d`, { data: { at: `${at}` } })).status)
    expect(codes).toEqual([200, 409, 200])
  })

  it('dropped connections', async () => {
    await set({ kind: 'drop', times: 1 })
    await expect(get(configMaps)).rejects.toThrow()
  })

  it('hung connections end with the sandbox or the client', async () => {
    await set({ kind: 'hang', times: 1 })
    const hanging = get(configMaps).catch((error: unknown) => error)
    expect((await get(configMaps)).status).toBe(200)
    await remove('/kds-sandbox/faults')
    void hanging
  })

  it('latency', async () => {
    await set({ kind: 'latency', milliseconds: 500, times: 1 })
    let done = false
    const slow = get(configMaps).then(() => {
      done = true
    })
    const met = async () =>
      ((await get('/kds-sandbox/faults')).body.faults as readonly { readonly met: number }[])[0]?.met
    while ((await met()) !== 1) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(400)
    await get(configMaps)
    expect(done).toBe(false)
    clock.advance(200)
    await slow
  })

  it('watches that are cut, or answered 410', async () => {
    await set({ kind: 'watch-expired', times: 1 })
    expect(
      (await get(`${configMaps}?watch=1&resourceVersion=${sandbox.control.store.version}`)).body,
    ).toMatchObject({
      object: { code: 410 },
    })
    await set({ kind: 'watch-cut', milliseconds: 100, times: 1 })
    const cut = get(`${configMaps}?watch=1`).catch((error: unknown) => error)
    while (sandbox.control.openWatches() === 0) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(200)
    expect(await cut).toBeInstanceOf(Error)
    expect(sandbox.control.openWatches()).toBe(0)
  })

  it('refuse what is no fault', async () => {
    expect((await set({ kind: 'nope' })).status).toBe(400)
    expect(
      (await send({ method: 'GET', path: '/kds-sandbox/faults', headers: { authorization: '' } })).status,
    ).toBe(403)
  })
})

describe('discovery', () => {
  it('tells the same, plain and aggregated', async () => {
    const plain = (await get('/apis/apps/v1')).body.resources as { name: string }[]
    expect(plain.map(({ name }) => name)).toEqual(['controllerrevisions', 'daemonsets', 'daemonsets/status'])
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const aggregated = await get('/apis', { accept })
    expect(aggregated.headers['content-type']).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    )
    expect(aggregated.body.items.map(({ metadata }) => metadata.name)).toContain('apps')
  })

  it.each(['/readyz', '/livez', '/healthz'])('%s needs no credentials', async (path) => {
    const answer = await send({ path, headers: { authorization: '' } })
    expect([answer.status, answer.text]).toEqual([200, 'ok'])
  })

  it('describes what it serves', async () => {
    expect((await get('/version', { authorization: '' })).body).toMatchObject({ gitVersion: 'v1.36.2' })
    const { paths } = (await get('/openapi/v3')).body as unknown as {
      paths: Record<string, { serverRelativeURL: string }>
    }
    for (const { serverRelativeURL } of Object.values(paths))
      expect((await get(serverRelativeURL)).body).toHaveProperty('components')
    expect((await get('/openapi/v2')).body).toHaveProperty('definitions')
  })
})
