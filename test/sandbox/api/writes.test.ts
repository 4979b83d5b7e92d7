import { beforeEach, describe, expect, it } from 'vitest'
import { clock, configMaps, daemonSet, daemonSets, get, merge, post, put, remove, serve } from '../served.ts'

serve()

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

  it.each<[string, string, object, string]>([
    [
      'a ConfigMap',
      configMaps,
      { data: { a: 1 } },
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'a pod',
      '/api/v1/namespaces/default/pods',
      { spec: { containers: 'x' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'a ClusterRole',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      { rules: [{ verb: ['get'] }] },
      'strict decoding error: unknown field "rules[0].verb"',
    ],
    [
      'a Lease',
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { spec: { renewTime: 'now' } },
      'parsing time',
    ],
  ])('of %s need fields of its type', async (_kind, path, fields, message) => {
    const { body } = await post(`${path}?fieldValidation=Strict`, { metadata: { name: 'typed' }, ...fields })
    expect(body).toMatchObject({ code: 400, message: expect.stringContaining(message) })
  })

  it('that patch unknown fields into an object are refused with what they lead to, and warnings come with refusals', async () => {
    const path = `${daemonSets}/w?fieldValidation=`
    const strict = await merge(`${path}Strict`, { spec: { replicas: 3 } })
    expect(strict.body).toMatchObject({ code: 422, details: { causes: [{ field: 'patch' }] } })
    expect(strict.body.message).toMatch(
      /^ "" is invalid: patch: Invalid value: "\{\\"apiVersion.*: strict decoding error: unknown field "spec\.replicas"$/,
    )
    const warned = await merge(`${path}Warn`, { spec: { replicas: 3, minReadySeconds: -1 } })
    expect([warned.status, warned.headers.warning]).toEqual([
      422,
      '299 - "unknown field \\"spec.replicas\\""',
    ])
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
