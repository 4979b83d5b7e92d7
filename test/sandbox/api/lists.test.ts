import { describe, expect, it } from 'vitest'
import { type Body, configMaps, get, merge, post, remove, sandbox, serve } from '../served.ts'

serve()

describe('lists', () => {
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
