import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Action } from '#controller/actions.ts'
import { step } from '#controller/step.ts'
import type { ControllerRevision, DaemonSet, Pod } from '#kube/types.ts'

interface Vector {
  readonly id: string
  readonly daemonSet: DaemonSet
  readonly data: string
  readonly hash: string
  readonly name: string
  readonly pre134Data: string
}

const vectors: Vector[] = readFileSync('test/fixtures/controller/revisions.jsonl', 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))

const hashLabel = 'controller-revision-hash'
const changeCause = 'kubernetes.io/change-cause'

const sync = (daemonSet: DaemonSet, revisions: readonly ControllerRevision[], pods: readonly Pod[] = []) =>
  step({ daemonSet, revisions, pods, nodes: [], now: 0, hashFor: () => 'fresh' })

function revisionOf(daemonSet: DaemonSet, number: number, data: string, hash = `h${number}`) {
  const name = `${daemonSet.metadata?.name}-${hash}`
  const labels = { ...daemonSet.spec?.template?.metadata?.labels, [hashLabel]: hash }
  const owner = { kind: 'DaemonSet', uid: daemonSet.metadata?.uid, controller: true }
  const metadata = { name, namespace: daemonSet.metadata?.namespace, labels, ownerReferences: [owner] }
  return { metadata, data: JSON.parse(data), revision: number }
}

const told = (actions: readonly Action[]) =>
  actions.map((action) =>
    'number' in action ? `${action.kind} ${action.name} ${action.number}` : action.kind,
  )

describe.each(vectors)('the revision of $id', ({ daemonSet, data, hash, name, pre134Data }) => {
  it('is made with the recorded bytes', () => {
    const { actions } = step({ daemonSet, revisions: [], pods: [], nodes: [], now: 0, hashFor: () => hash })
    const [made, ...rest] = actions
    expect(rest).toEqual([])
    expect(made).toMatchObject({ kind: 'CreateRevision', name, number: 1, hash, data })
  })

  it('is found again by its content', () => {
    expect(sync(daemonSet, [revisionOf(daemonSet, 3, data)])).toMatchObject({
      actions: [],
      hash: 'h3',
      revision: 3,
    })
  })

  it('is not what a server before 1.34 wrote', () => {
    const { actions } = sync(daemonSet, [revisionOf(daemonSet, 3, pre134Data)])
    expect(told(actions)).toEqual([`CreateRevision ${daemonSet.metadata?.name}-fresh 4`])
  })
})

describe('history', () => {
  const uid = 'ds'
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i:2' }] } }
  const daemonSet: DaemonSet = {
    metadata: { name: 'a', namespace: 'n', uid, annotations: { [changeCause]: 'second', other: 'x' } },
    spec: { selector: { matchLabels: { app: 'a' } }, template, revisionHistoryLimit: 2 },
  }
  const data =
    sync(daemonSet, []).actions.flatMap((one) => (one.kind === 'CreateRevision' ? [one.data] : []))[0] ?? ''
  const old = (number: number) => revisionOf(daemonSet, number, `{"spec":{"image":"${number}"}}`)

  it('copies the annotations, the change cause among them, and the template labels', () => {
    const [made] = sync(daemonSet, [old(1)]).actions
    expect(made).toMatchObject({
      kind: 'CreateRevision',
      number: 2,
      revision: {
        metadata: {
          name: 'a-fresh',
          labels: { app: 'a', [hashLabel]: 'fresh' },
          annotations: { [changeCause]: 'second', other: 'x' },
          ownerReferences: [{ kind: 'DaemonSet', uid, controller: true, blockOwnerDeletion: true }],
        },
      },
    })
  })

  it('raises an equal old revision to the highest number instead of making one', () => {
    const revisions = [revisionOf(daemonSet, 1, data), old(2), old(3)]
    const result = sync(daemonSet, revisions)
    expect(told(result.actions)).toEqual(['RenumberRevision a-h1 4'])
    expect(result).toMatchObject({ hash: 'h1', revision: 4 })
  })

  it('keeps one of several equal revisions, the highest, and relabels the pods', () => {
    const revisions = [revisionOf(daemonSet, 1, data), revisionOf(daemonSet, 3, data), old(2)]
    const owner = { kind: 'DaemonSet', uid, controller: true }
    const labels = { app: 'a', [hashLabel]: 'h1' }
    const pod: Pod = {
      metadata: { name: 'p', namespace: 'n', labels, ownerReferences: [owner] },
      spec: { nodeName: 'gone' },
      status: { phase: 'Running' },
    }
    const { actions } = sync(daemonSet, revisions, [pod])
    expect(told(actions)).toEqual(['DeleteRevision a-h1 1', 'RelabelPod'])
    expect(actions[1]).toMatchObject({ name: 'p', hash: 'h3' })
  })

  it('takes the name for the hash where the label is missing', () => {
    const unlabelled = revisionOf(daemonSet, 1, data)
    const result = sync(daemonSet, [
      { ...unlabelled, metadata: { ...unlabelled.metadata, labels: { app: 'a' } } },
    ])
    expect(told(result.actions)).toEqual(['LabelRevision a-h1 1'])
    expect(result.hash).toBe('a-h1')
  })

  it('counts a collision when the name is taken by another template, and ends there', () => {
    const taken = revisionOf(daemonSet, 1, '{"spec":{}}', 'fresh')
    const result = sync(daemonSet, [taken])
    expect(result.actions).toMatchObject([{ kind: 'CountCollision', name: 'a-fresh', collisionCount: 1 }])
    expect(result).toMatchObject({ skipped: 'collision', status: { collisionCount: 1 }, statusChanged: true })
    const again = sync({ ...daemonSet, status: { collisionCount: 1 } }, [taken])
    expect(again.status.collisionCount).toBe(2)
  })

  it('deletes old revisions beyond the limit, lowest first, but none that a live pod carries', () => {
    const revisions = [old(4), old(1), old(3), old(2), revisionOf(daemonSet, 5, data)]
    const owner = { kind: 'DaemonSet', uid, controller: true }
    const pod: Pod = {
      metadata: {
        name: 'p',
        namespace: 'n',
        labels: { app: 'a', [hashLabel]: 'h1' },
        ownerReferences: [owner],
        deletionTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: { nodeName: 'gone' },
    }
    expect(told(sync(daemonSet, revisions).actions)).toEqual([
      'DeleteRevision a-h1 1',
      'DeleteRevision a-h2 2',
    ])
    expect(told(sync(daemonSet, revisions, [pod]).actions)).toEqual([
      'DeleteRevision a-h2 2',
      'DeleteRevision a-h3 3',
    ])
  })

  it('owns by reference: adopts matching orphans, releases own ones that no longer match, leaves those of others', () => {
    const bare = (revision: ControllerRevision): ControllerRevision => ({
      ...revision,
      metadata: { ...revision.metadata, ownerReferences: [] },
    })
    const unmatched = { ...old(2), metadata: { ...old(2).metadata, labels: { app: 'b', [hashLabel]: 'h2' } } }
    const foreign = {
      ...old(9),
      metadata: { ...old(9).metadata, ownerReferences: [{ uid: 'other', controller: true }] },
    }
    const result = sync(daemonSet, [bare(revisionOf(daemonSet, 1, data)), unmatched, foreign])
    expect(told(result.actions)).toEqual(['AdoptRevision a-h1 1', 'ReleaseRevision a-h2 2'])
    expect(result).toMatchObject({ hash: 'h1', revision: 1 })
  })
})
