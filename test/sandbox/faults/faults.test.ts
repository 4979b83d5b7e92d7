import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  clock,
  configMaps,
  get,
  merge,
  post,
  put,
  remove,
  sandbox,
  send,
  serve,
  watchIsOpen,
} from '../served.ts'

serve()

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
    await watchIsOpen()
    clock.advance(200)
    expect(await cut).toBeInstanceOf(Error)
    expect(sandbox.control.openWatches()).toBe(0)
  })

  it('answers that are lost: what was asked is done', async () => {
    await set({ kind: 'lost-answer', times: 2 })
    await expect(merge(`${configMaps}/d`, { data: { lost: 'once' } })).rejects.toThrow()
    expect((await get(`${configMaps}/d`)).body.data).toMatchObject({ lost: 'once' })
    await expect(post(configMaps, { metadata: { name: 'lost' } })).rejects.toThrow()
    expect((await remove(`${configMaps}/lost`)).status).toBe(200)
    await set({ kind: 'lost-answer', verbs: ['watch'], times: 1 })
    await expect(get(`${configMaps}?watch=1`)).rejects.toThrow()
    expect((await get(`${configMaps}/d`)).status).toBe(200)
  })

  const kinds = 'latency, too-many-requests, internal-error, unavailable, drop, lost-answer, hang, conflict,'
  it.each([
    [[{ kind: 'nope' }], `faults[0].kind: must be one of ${kinds}`],
    [[{}], 'faults[0].kind: must be one of '],
    [[{ kind: ['drop'] }], 'faults[0].kind: must be one of '],
    [{ kind: 'drop' }, 'faults: must be a list'],
    [[{ kind: 'drop' }, null], 'faults[1]: must be an object'],
    [[{ kind: 'drop', times: '3' }], 'faults[0].times: must be a whole number from 1 on, not "3"'],
    [[{ kind: 'drop', times: 0 }], 'faults[0].times: must be a whole number from 1 on, not 0'],
    [[{ kind: 'drop', after: 0.5 }], 'faults[0].after: must be a whole number from 0 on, not 0.5'],
    [
      [{ kind: 'latency', milliseconds: null }],
      'faults[0].milliseconds: must be a number from 0 on, not null',
    ],
    [[{ kind: 'latency', milliseconds: -1 }], 'faults[0].milliseconds: must be a number from 0 on, not -1'],
    [
      [{ kind: 'too-many-requests', retryAfterSeconds: 'x' }],
      'faults[0].retryAfterSeconds: must be a whole number from 0 on, not "x"',
    ],
    [
      [{ kind: 'drop', verbs: 'get' }],
      'faults[0].verbs: must be a list, each of it one of get, list, watch, create, update, patch, delete, deletecollection, not "get"',
    ],
    [[{ kind: 'drop', verbs: ['GET'] }], 'faults[0].verbs: must be a list'],
    [[{ kind: 'drop', resources: ['daemonset'] }], 'faults[0].resources: must be a list, each of it one of '],
    [[{ kind: 'drop', time: 1 }], 'faults[0]: unknown field "time"'],
    [[{ kind: 'drop', __proto__: {}, constructor: 1 }], 'faults[0]: unknown field "constructor"'],
  ])('refuse %j', async (faults, words) => {
    const { body, status } = await put('/kds-sandbox/faults', { faults })
    expect(status).toBe(400)
    expect(body.message).toContain(words)
    expect((await get('/kds-sandbox/faults')).body.faults).toEqual([])
  })

  it('refuse who has no token', async () => {
    expect(
      (await send({ method: 'GET', path: '/kds-sandbox/faults', headers: { authorization: '' } })).status,
    ).toBe(403)
  })
})
