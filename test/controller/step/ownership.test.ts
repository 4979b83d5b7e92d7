import { describe, expect, it } from 'vitest'
import { isoTime } from '../cluster.ts'
import { daemonSet, node, now, pod, sync } from './scene.ts'

describe('ownership of pods', () => {
  it('adopts matching orphans, releases own ones that no longer match, leaves those of others', () => {
    const foreign = pod('foreign', 'n1')
    const pods = [
      pod('orphan', 'n1', { owned: false }),
      pod('unmatched', 'n2', { labels: { app: 'b' } }),
      {
        ...foreign,
        metadata: { ...foreign.metadata, ownerReferences: [{ uid: 'other', controller: true }] },
      },
      pod('dying-orphan', 'n2', { owned: false, deleting: true }),
    ]
    const result = sync({ nodes: [node('n1'), node('n2')], pods })
    expect(result.pods).toEqual(['AdoptPod orphan', 'ReleasePod unmatched', '+n2 missing'])
  })

  it('says why, and does so before pods are made or removed', () => {
    const pods = [pod('orphan', 'n1', { owned: false }), pod('unmatched', 'n1', { labels: { app: 'b' } })]
    const result = sync({ nodes: [node('n1'), node('n2')], pods })
    expect(result.actions.map((action) => action.message)).toEqual([
      'a-new: no revision holds the present template, it becomes number 1',
      'orphan: has no owner and matches the selector',
      'unmatched: no longer matches the selector',
      'n2: should run a pod and has none',
    ])
    expect(result.actions.slice(1, 3)).toMatchObject([{ pod: pods[0] }, { pod: pods[1] }])
  })

  it('does nothing for a DaemonSet whose selector cannot be read, and says why', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'in', values: ['a'] }] }
    const result = sync({ daemonSet: daemonSet({}, { selector }), nodes: [node('n1')] })
    expect(result).toMatchObject({
      actions: [],
      statusChanged: false,
      skipped: 'invalid-selector',
      error: '"in" is not a valid label selector operator',
    })
  })

  it.each([
    ['selects everything', daemonSet({}, { selector: {} }), 'selects-all-pods'],
    [
      'selects everything by empty lists',
      daemonSet({}, { selector: { matchLabels: {}, matchExpressions: [] } }),
      'selects-all-pods',
    ],
    [
      'is being deleted',
      { ...daemonSet(), metadata: { ...daemonSet().metadata, deletionTimestamp: isoTime(now) } },
      'being-deleted',
    ],
  ])('does nothing for a DaemonSet that %s', (_, given, skipped) => {
    const status = { numberReady: 3 }
    const failedPodsBackoff = new Map([['n1', { delay: 1000, since: now }]])
    const result = sync({ daemonSet: { ...given, status }, nodes: [node('n1')], failedPodsBackoff })
    expect(result).toEqual({
      actions: [],
      status,
      statusChanged: false,
      hash: undefined,
      revision: undefined,
      failedPodsBackoff,
      skipped,
      pods: [],
    })
    const bare = sync({ daemonSet: given, nodes: [node('n1')] })
    expect([bare.status, bare.failedPodsBackoff]).toEqual([{}, new Map()])
  })

  it.each<[string, object | null]>([
    ['labels alone', { matchLabels: { app: 'a' } }],
    ['expressions alone', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }],
  ])('selects by %s', (_, selector) => {
    const result = sync({
      daemonSet: daemonSet({}, { selector }),
      nodes: [node('n1')],
      pods: [pod('p', 'n1')],
    })
    expect(result.skipped).toBeUndefined()
    expect(result.pods).toEqual([])
  })

  it('owns nothing where there is no selector', () => {
    const result = sync({
      daemonSet: daemonSet({}, { selector: null }),
      nodes: [node('n1')],
      pods: [pod('p', 'n1')],
    })
    expect(result.pods).toEqual(['ReleasePod p', '+n1 missing'])
    expect(sync({ daemonSet: {} })).toMatchObject({ pods: [], hash: 'new' })
  })
})
