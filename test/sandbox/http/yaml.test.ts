import { describe, expect, it } from 'vitest'
import { configMaps, get, serve } from '../served.ts'

serve()

describe('YAML', () => {
  const accept = 'application/yaml'

  it('is answered to who asks for it first', async () => {
    const { headers, text, body } = await get(`${configMaps}/a`, { accept: `${accept},application/json` })
    expect(headers['content-type']).toBe(accept)
    expect(body).toBeUndefined()
    expect(text).toMatch(/^apiVersion: v1\nkind: ConfigMap\nmetadata:\n {2}creationTimestamp: "2026-/)
    const second = await get(`${configMaps}/a`, { accept: `application/json, ${accept}` })
    expect(second.body.kind).toBe('ConfigMap')
  })

  it('is what lists, tables, refusals and discovery come in, too', async () => {
    expect((await get(configMaps, { accept })).text).toMatch(/^apiVersion: v1\nitems:\n- metadata:\n/)
    const asTable = await get(configMaps, { accept: `${accept};as=Table;v=v1;g=meta.k8s.io` })
    expect(asTable.text).toMatch(/^apiVersion: meta.k8s.io\/v1\ncolumnDefinitions:\n/)
    const refused = await get(`${configMaps}/none`, { accept })
    expect([refused.status, refused.text.split('\n').slice(0, 2)]).toEqual([
      404,
      ['apiVersion: v1', 'code: 404'],
    ])
    expect((await get('/apis/apps', { accept })).text).toMatch(/^apiVersion: v1\nkind: APIGroup\n/)
  })

  it('is not what a watch streams', async () => {
    const { status, text } = await get(`${configMaps}?watch=1`, { accept })
    expect([status, text]).toEqual([406, expect.stringContaining('reason: NotAcceptable')])
  })
})
