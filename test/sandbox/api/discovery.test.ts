import { describe, expect, it } from 'vitest'
import { structSpec } from '#apiserver/schema/schema.ts'
import descriptions from '../../../src/sandbox/api/descriptions.json' with { type: 'json' }
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

  it.each([
    'api/v1',
    'apis/apps/v1',
    'apis/batch/v1',
    'apis/rbac.authorization.k8s.io/v1',
    'apis/events.k8s.io/v1',
  ])('the document of %s holds every definition that it names, and texts of its kinds', async (path) => {
    const { text, body } = await get(`/openapi/v3/${path}`)
    const { schemas } = (body as unknown as { components: { schemas: Record<string, Schema> } }).components
    const named = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name = '']) => name,
    )
    expect(named.filter((name) => !schemas[name])).toEqual([])
    const kinds = Object.values(schemas).filter((schema) => schema['x-kubernetes-group-version-kind'])
    expect(kinds.length).toBeGreaterThan(0)
    for (const kind of kinds) {
      expect(kind.description).toMatch(/\.$/)
      expect(kind.properties.metadata?.description).toContain('What every object has')
    }
  })

  it('describes fields, and how lists and maps merge', async () => {
    const { body } = await get('/openapi/v3/apis/apps/v1')
    const { schemas } = (body as unknown as { components: { schemas: Record<string, Schema> } }).components
    expect(schemas['io.k8s.api.apps.v1.DaemonSetSpec']?.properties.template).toEqual({
      description: 'The pods to make. A change of it starts a roll-out.',
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' }],
    })
    expect(schemas['io.k8s.api.core.v1.Container']?.properties.ports).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    })
    expect(schemas['io.k8s.api.core.v1.PodSpec']?.properties.nodeSelector).toMatchObject({
      'x-kubernetes-map-type': 'atomic',
    })
  })

  it('has texts only for what there is', () => {
    const { '*': _all, ...structs } = descriptions
    for (const [struct, texts] of Object.entries(structs)) {
      const fields = structSpec(struct)
      expect(fields.size, struct).toBeGreaterThan(0)
      for (const name of Object.keys(texts))
        if (name !== '') expect(fields.has(name), `${struct}.${name}`).toBe(true)
    }
  })

  it('tells kubectl, which wants it in protobuf, of no definitions in OpenAPI v2', async () => {
    const { headers, text } = await get('/openapi/v2', {
      accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    })
    expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    expect(text).toContain('Kubernetes')
  })
})

interface Schema {
  readonly description?: string
  readonly properties: Readonly<Record<string, { readonly description?: string }>>
  readonly 'x-kubernetes-group-version-kind'?: readonly object[]
}
