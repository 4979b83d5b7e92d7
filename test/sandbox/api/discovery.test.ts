import { describe, expect, it } from 'vitest'
import { get, send, serve } from '../served.ts'

serve()

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
