import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { clock, configMaps, get, merge, put, remove, sandbox, send, serve, watchIsOpen } from '../served.ts'

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

  it('refuse what is no fault', async () => {
    expect((await set({ kind: 'nope' })).status).toBe(400)
    expect(
      (await send({ method: 'GET', path: '/kds-sandbox/faults', headers: { authorization: '' } })).status,
    ).toBe(403)
  })
})
