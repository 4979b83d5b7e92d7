import { describe, expect, it } from 'vitest'
import type { ListQuery } from '#cluster/port.ts'
import type { ControllerRevision, DaemonSet, JsonObject } from '#kube/types.ts'
import {
  daemonSetAt,
  historyOf,
  isTemplateOf,
  loadHistory,
  podsByHash,
  type Revision,
  revisionNumbered,
  revisionsAhead,
  revisionsHint,
  rolledOut,
} from '#rollout/history.ts'
import { isOwnedBy, ownQuery } from '#rollout/own.ts'
import { type MemoryCluster, refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet, pod, ready, revision, waiting, world } from '../helpers/rollout-world.ts'

const at = (image: string) => daemonSet(image) as DaemonSet
const stored = (number: number, image: string, cause?: string) =>
  revision(number, image, cause) as ControllerRevision
const numbered = (...numbers: number[]) => numbers.map((number) => ({ revision: number }) as Revision)

describe('history', () => {
  const revisions = [revision(2, 'two', 'why'), revision(1, 'one')]

  it('tells of each revision, the current one marked', async () => {
    const history = await loadHistory(world({ daemonSet: daemonSet('one'), revisions }), at('one'))
    expect(history).toEqual([
      {
        revision: 1,
        hash: 'hash-one',
        changeCause: '',
        createdAt: '2026-11-20T20:01:00Z',
        images: ['one'],
        current: true,
        template: at('one').spec?.template,
        object: expect.objectContaining({ revision: 1 }),
      },
      {
        revision: 2,
        hash: 'hash-two',
        changeCause: 'why',
        createdAt: '2026-11-20T20:02:00Z',
        images: ['two'],
        current: false,
        template: at('two').spec?.template,
        object: expect.objectContaining({ revision: 2 }),
      },
    ])
  })

  describe('asked for before the DaemonSet is known', () => {
    const { signal } = new AbortController()
    const elsewhere: JsonObject = { ...revision(3, 'three'), metadata: { name: 'b-3', labels: { app: 'a' } } }
    const unselected = revision(4, 'four')
    Object.assign(unselected.metadata as JsonObject, { labels: { app: 'b' } })
    const cluster = () =>
      world({ daemonSet: daemonSet('one'), revisions: [...revisions, elsewhere, unselected] })
    const bySelector = 'app=a'
    const asked = async (given: MemoryCluster) => {
      const ahead = revisionsAhead(given, 'default', signal)
      const history = await loadHistory(given, at('one'), { signal, ahead })
      expect(history.map(({ revision }) => revision)).toEqual([1, 2])
      return given.options.map((options) => (options as ListQuery).labelSelector)
    }

    it('is the same, in one request', async () => {
      expect(await asked(cluster())).toEqual([undefined])
    })

    it('is asked for again by its selector where the namespace holds many', async () => {
      const many = cluster()
      const { list } = many
      const pagewise: typeof list = async (resource, options) => {
        if (options?.labelSelector === undefined) options?.progress?.(500)
        options?.signal?.throwIfAborted()
        return list.call(many, resource, options as never) as never
      }
      many.list = pagewise
      expect(await asked(many)).toEqual([bySelector])
    })

    it('is asked for again where all of the namespace may not be read', async () => {
      const guarded = cluster()
      guarded.before = () => {
        if (guarded.calls.length === 1) throw refusedWith(403, 'Forbidden', 'only by selector')
      }
      expect(await asked(guarded)).toEqual([undefined, bySelector])
    })
  })

  it('asks the server for no other objects than the DaemonSet selects', async () => {
    const { signal } = new AbortController()
    const cluster = world({ daemonSet: daemonSet('one'), revisions })
    await loadHistory(cluster, at('one'), { signal })
    await podsByHash(cluster, at('one'), { signal })
    expect(cluster.calls).toEqual(['list controllerrevisions', 'list pods'])
    const query = { namespace: 'default', labelSelector: 'app=a', signal }
    expect(cluster.options).toMatchObject([query, query])
    expect(ownQuery({})).toMatchObject({ namespace: '' })
  })

  it('has one revision a number, the later listed', () => {
    const history = historyOf(at('two'), [stored(2, 'one'), stored(1, 'one'), stored(2, 'two')])
    expect(history.map((one) => [one.revision, one.images])).toEqual([
      [1, ['one']],
      [2, ['two']],
    ])
  })

  it('marks the newest of several revisions of the present template', () => {
    const history = historyOf(at('one'), [stored(3, 'one'), stored(1, 'one'), stored(2, 'two')])
    expect(history.map((one) => one.current)).toEqual([false, false, true])
  })

  it('is read off bare objects too', () => {
    const ownerReferences = [{ uid: 'uid-a', controller: true }]
    const bare = (data: object | null, more = {}) => ({ metadata: { ownerReferences, ...more }, data })
    const history = historyOf(at('one'), [
      bare({ spec: { template: { $patch: 'replace' } } }),
      { ...bare(null, { labels: null, annotations: null }), revision: 1 },
      {
        ...bare({ spec: { template: { spec: { containers: [{}], $patch: 'replace' } } } }, { labels: {} }),
        revision: 2,
      },
    ] as ControllerRevision[])
    expect(history).toMatchObject([
      { revision: 0, hash: '', changeCause: '', createdAt: '', images: [], current: false },
      { revision: 1, hash: '', images: ['one'], template: at('one').spec?.template },
      { revision: 2, images: [''] },
    ])
    expect(historyOf({ metadata: { uid: 'uid-a' } }, [bare(null) as ControllerRevision])).toMatchObject([
      { images: [], template: {} },
    ])
  })

  it('gives the DaemonSet as it was, in the order of its fields, and leaves everything but the template', () => {
    const history = historyOf(at('two'), revisions as never)
    const now = { ...at('two'), metadata: { zone: 'x', ...at('two').metadata, name: 'a' } } as DaemonSet
    const was = daemonSetAt(now, revisionNumbered(history, 1))
    expect(was.spec?.template).toEqual(at('one').spec?.template)
    expect(was.metadata).toEqual(now.metadata)
    expect(Object.keys(was.spec ?? {})).toEqual(['selector', 'template', 'updateStrategy'])
    expect(Object.keys(was.spec?.template?.spec ?? {})).toEqual(['containers', 'restartPolicy'])
  })

  it('has no revision of another number, and says which there are', () => {
    const history = historyOf(at('two'), revisions as never)
    expect(() => revisionNumbered(history, 9)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: 'unable to find the specified revision',
        hint: 'there are: 1, 2',
      }),
    )
    expect(revisionsHint(numbered(7))).toBe('there is: 7')
    expect(revisionsHint([])).toBe('there are no revisions')
  })

  it('rolls out the current revision, or the newest while there is none of the template', () => {
    const [one, two, three] = numbered(1, 2, 3) as [Revision, Revision, Revision]
    expect(rolledOut([one, { ...two, current: true }, three])?.revision).toBe(2)
    expect(rolledOut([one, two, three])).toBe(three)
    expect(rolledOut([])).toBeUndefined()
  })
})

describe('whether a revision holds the template', () => {
  it('heeds no nulls, and no order', () => {
    const { spec } = at('one')
    const template = { spec: { restartPolicy: 'Always', containers: [{ image: 'one', name: 'c' }] } }
    const given = {
      spec: { template: { ...template, metadata: { ...spec?.template?.metadata, name: null } } },
    }
    expect(isTemplateOf(given, stored(1, 'one'))).toBe(true)
    expect(isTemplateOf(given, stored(1, 'two'))).toBe(false)
    expect(isTemplateOf(given, {})).toBe(false)
    expect(isTemplateOf({}, { data: { spec: { template: { $patch: 'replace' } } } })).toBe(true)
  })
})

describe('whose an object is', () => {
  it.each<[string, unknown, boolean]>([
    ['its controller is the DaemonSet', [{ uid: 'uid-a', controller: true }], true],
    ['after another owner', [{ uid: 'x' }, { uid: 'uid-a', controller: true }], true],
    ['its controller is another', [{ uid: 'x', controller: true }], false],
    ['the DaemonSet owns it, but does not control it', [{ uid: 'uid-a', controller: false }], false],
    ['nobody', null, false],
  ])('%s', (_, ownerReferences, owned) => {
    expect(isOwnedBy({ metadata: { ownerReferences } } as never, at('one'))).toBe(owned)
  })

  it('no orphan is one of a DaemonSet without a uid', () => {
    expect(isOwnedBy({}, {})).toBe(false)
    expect(isOwnedBy({ metadata: { ownerReferences: [{ uid: 'x', controller: true }] } }, {})).toBe(false)
  })
})

it('counts the pods of each revision, and those of none', async () => {
  const metadata = { name: 'x', namespace: 'default', labels: { app: 'a' } }
  const owner = (pod('p', 'n', 'one', {}).metadata as { ownerReferences: unknown }).ownerReferences
  const orphan = { ...pod('x', 'n', 'one', ready()), metadata }
  const unlabelled = {
    ...pod('y', 'n', 'one', ready()),
    metadata: { ...metadata, name: 'y', ownerReferences: owner },
  }
  const pods = [
    pod('p', 'n1', 'one', ready()),
    pod('q', 'n2', 'one', waiting('x')),
    pod('r', 'n3', 'two', ready()),
    orphan,
    unlabelled,
  ]
  expect(Object.fromEntries(await podsByHash(world({ pods: pods as never }), at('one')))).toEqual({
    'hash-one': { ready: 1, total: 2 },
    'hash-two': { ready: 1, total: 1 },
    '': { ready: 1, total: 1 },
  })
})
