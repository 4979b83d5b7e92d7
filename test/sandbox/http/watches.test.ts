import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '#cluster/live/connect.ts'
import { nodes } from '#cluster/resources.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { testHost } from '../../helpers/test-host.ts'
import { configMaps, get, merge, remove, sandbox, serve, watched } from '../served.ts'

serve()

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
    const events = await watched(configMaps, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    expect(events.map(({ object }) => object.columnDefinitions !== null)).toEqual([true, false, false])
  })

  it('tell in protobuf, where that is wanted, what they tell in JSON', async () => {
    const kubeconfig = join(temporaryFolder(), 'config')
    writeFileSync(kubeconfig, sandbox.kubeconfig)
    const { cluster } = await connect({ kubeconfig }, testHost())
    const told = async (fields: { readonly fields?: string }) => {
      const seen: object[] = []
      for await (const event of cluster.watch(nodes, { ...fields, fieldSelector: 'metadata.name=node-1' })) {
        if (event.type === 'SYNCED') {
          for (const team of ['x', 'y', null])
            await merge('/api/v1/nodes/node-1', { metadata: { labels: { team } } })
        } else {
          const { metadata, spec = {} } = event.object
          seen.push({ type: event.type, name: metadata?.name, labels: metadata?.labels, spec })
          if (seen.length > 3) return seen
        }
      }
      return seen
    }
    const inProtobuf = await told({
      fields: 'metadata { name uid resourceVersion labels } spec { taints unschedulable }',
    })
    expect(inProtobuf).toHaveLength(4)
    expect(inProtobuf).toEqual(await told({}))
  })
})
