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
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ image: 'i:2', name: 'c' }] } }
  const daemonSet: DaemonSet = {
    metadata: { name: 'a', namespace: 'n', uid, annotations: { [changeCause]: 'second', other: 'x' } },
    spec: { selector: { matchLabels: { app: 'a' } }, template, revisionHistoryLimit: 2 },
  }
  const data = JSON.stringify({ spec: { template: { $patch: 'replace', ...template } } })
  const old = (number: number) => revisionOf(daemonSet, number, `{"spec":{"image":"${number}"}}`)

  const unowned = (revision: ControllerRevision): ControllerRevision => ({
    ...revision,
    metadata: { ...revision.metadata, ownerReferences: [] },
  })
  const podOf = (hash: string, name = 'p', more: object = {}): Pod => ({
    metadata: {
      name,
      namespace: 'n',
      labels: { app: 'a', [hashLabel]: hash },
      ownerReferences: [{ kind: 'DaemonSet', uid, controller: true }],
      ...more,
    },
    spec: { nodeName: 'gone' },
    status: { phase: 'Running' },
  })
  const messages = (actions: readonly Action[]) => actions.map((action) => action.message)

  it('gives a new revision its hash, and says why it is made', () => {
    const asked: unknown[] = []
    const hashFor = (request: unknown) => String(asked.push(request))
    const given = { ...daemonSet, status: { collisionCount: 2 } }
    const { actions } = step({ daemonSet: given, revisions: [old(4)], pods: [], nodes: [], now: 0, hashFor })
    expect(asked).toEqual([{ daemonSet: given, data, revision: 5, collisionCount: 2 }])
    expect(messages(actions)).toEqual(['a-1: no revision holds the present template, it becomes number 5'])
    const unnamed = step({ daemonSet, revisions: [], pods: [], nodes: [], now: 0 })
    expect(unnamed).toMatchObject({ hash: 'revision-1', revision: 1 })
  })

  it('makes a whole object of it, with no more than the DaemonSet has', () => {
    const bare = { metadata: { uid }, spec: { selector: { matchLabels: { app: 'a' } } } }
    const [made] = sync(bare, []).actions
    expect(made).toMatchObject({ kind: 'CreateRevision', name: '-fresh' })
    expect(made && 'revision' in made && made.revision).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: '-fresh',
        namespace: undefined,
        labels: { [hashLabel]: 'fresh' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'DaemonSet', uid, controller: true, blockOwnerDeletion: true },
        ],
      },
      data: { spec: { template: { $patch: 'replace' } } },
      revision: 1,
    })
  })

  it('takes a revision of its name and content for made, though it owns it not', () => {
    const made = unowned({ ...revisionOf(daemonSet, 7, data, 'fresh'), metadata: { name: 'a-fresh' } })
    expect(sync(daemonSet, [made])).toMatchObject({ actions: [], hash: 'fresh', revision: 7 })
    const labelled = { ...made, metadata: { name: 'a-fresh', labels: { [hashLabel]: 'other' } } }
    expect(sync(daemonSet, [labelled]).hash).toBe('other')
  })

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
    expect(messages(result.actions)).toEqual(['a-h1: holds the present template: 1 becomes 4'])
  })

  it('raises no revision that has a higher number than the others', () => {
    expect(sync(daemonSet, [revisionOf(daemonSet, 4, data), old(3)])).toMatchObject({
      actions: [],
      revision: 4,
    })
    expect(sync(daemonSet, [revisionOf(daemonSet, 9, data), old(3)])).toMatchObject({
      actions: [],
      revision: 9,
    })
    const { revision: _, ...unnumbered } = revisionOf(daemonSet, 0, data)
    expect(told(sync(daemonSet, [unnumbered]).actions)).toEqual(['RenumberRevision a-h0 1'])
    const { revision: __, ...oldOne } = old(0)
    expect(told(sync(daemonSet, [oldOne]).actions)).toEqual(['CreateRevision a-fresh 1'])
  })

  it('keeps one of several equal revisions, the highest, and relabels the pods', () => {
    const revisions = [revisionOf(daemonSet, 1, data), revisionOf(daemonSet, 3, data), old(2)]
    const pods = [podOf('h1'), podOf('h3', 'q'), podOf('h2', 'r')]
    const { actions } = sync(daemonSet, revisions, pods)
    expect(told(actions)).toEqual(['DeleteRevision a-h1 1', 'RelabelPod', 'RelabelPod'])
    expect(actions.slice(1)).toMatchObject([
      { name: 'p', hash: 'h3', pod: pods[0] },
      { name: 'r', hash: 'h3', pod: pods[2] },
    ])
    expect(messages(actions)).toEqual([
      'a-h1: holds the same template as a-h3',
      'p: its revision was one of several with the same template',
      'r: its revision was one of several with the same template',
    ])
  })

  it('of two equal revisions with one number keeps the later listed', () => {
    const revisions = [revisionOf(daemonSet, 3, data, 'x'), revisionOf(daemonSet, 3, data, 'y')]
    expect(told(sync(daemonSet, revisions).actions)).toEqual(['DeleteRevision a-x 3'])
    expect(told(sync(daemonSet, [...revisions].reverse()).actions)).toEqual(['DeleteRevision a-y 3'])
  })

  it('of two equal revisions keeps the higher, wherever it is listed', () => {
    const revisions = [revisionOf(daemonSet, 3, data), revisionOf(daemonSet, 1, data)]
    expect(told(sync(daemonSet, revisions).actions)).toEqual(['DeleteRevision a-h1 1'])
    expect(told(sync(daemonSet, [...revisions].reverse()).actions)).toEqual(['DeleteRevision a-h1 1'])
  })

  it('counts relabelled pods as updated, and their old revisions as left by them', () => {
    const revisions = [revisionOf(daemonSet, 8, data), revisionOf(daemonSet, 9, data), old(1), old(2), old(3)]
    const pod = { ...podOf('h1'), spec: { nodeName: 'n1' } }
    const nodes = [{ metadata: { name: 'n1' } }]
    const result = step({ daemonSet, revisions, pods: [pod], nodes, now: 0 })
    expect(told(result.actions)).toEqual(['DeleteRevision a-h8 8', 'RelabelPod', 'DeleteRevision a-h1 1'])
    expect(result.status.updatedNumberScheduled).toBe(1)
  })

  it('takes the name for the hash where the label is missing', () => {
    const unlabelled = revisionOf(daemonSet, 1, data)
    const result = sync(daemonSet, [
      { ...unlabelled, metadata: { ...unlabelled.metadata, labels: { app: 'a' } } },
    ])
    expect(result.actions).toMatchObject([{ kind: 'LabelRevision', name: 'a-h1', number: 1, hash: 'a-h1' }])
    expect(messages(result.actions)).toEqual(['a-h1: has no hash label, its name serves'])
    expect(result.hash).toBe('a-h1')
  })

  it('reads revisions with parts missing, and keeps one whose name a live pod carries', () => {
    const ownerReferences = [{ uid, controller: true }]
    const bare = { metadata: { labels: { app: 'a' }, ownerReferences } }
    expect(
      told(sync(daemonSet, [bare, { ...bare, metadata: { ...bare.metadata, name: 'x' } }]).actions),
    ).toEqual(['LabelRevision  0', 'LabelRevision x 0', 'CreateRevision a-fresh 1'])
    const surplus = ['x', 'y', 'z'].map((name) => ({ ...bare, metadata: { ...bare.metadata, name } }))
    const { actions } = sync(daemonSet, surplus, [podOf('x')])
    expect(told(actions).filter((line) => line.startsWith('DeleteRevision'))).toEqual(['DeleteRevision y 0'])
  })

  it('counts a collision when the name is taken by another template, and ends there', () => {
    const taken = revisionOf(daemonSet, 1, '{"spec":{}}', 'fresh')
    const result = sync(daemonSet, [taken])
    expect(result.actions).toEqual([
      {
        kind: 'CountCollision',
        name: 'a-fresh',
        collisionCount: 1,
        message: 'a-fresh: the name is taken by another template, collision 1',
      },
    ])
    expect(result).toMatchObject({ skipped: 'collision', status: { collisionCount: 1 }, statusChanged: true })
    const unlabelled = { ...old(7), metadata: { ...old(7).metadata, labels: { app: 'a' } } }
    const again = sync({ ...daemonSet, status: { collisionCount: 1, numberReady: 3 } }, [unlabelled, taken])
    expect(told(again.actions)).toEqual(['LabelRevision a-h7 7', 'CountCollision'])
    expect(again.status).toEqual({ collisionCount: 2, numberReady: 3 })
  })

  it('deletes old revisions beyond the limit, lowest first, but none that a live pod carries', () => {
    const revisions = [old(4), old(1), old(3), old(2), revisionOf(daemonSet, 5, data)]
    const pod = podOf('h1', 'p', { deletionTimestamp: '2026-01-01T00:00:00Z' })
    expect(told(sync(daemonSet, revisions).actions)).toEqual([
      'DeleteRevision a-h1 1',
      'DeleteRevision a-h2 2',
    ])
    expect(told(sync(daemonSet, revisions, [pod]).actions)).toEqual([
      'DeleteRevision a-h2 2',
      'DeleteRevision a-h3 3',
    ])
    expect(messages(sync(daemonSet, revisions).actions)[0]).toBe('a-h1: is beyond revisionHistoryLimit 2')
    expect(sync(daemonSet, revisions.slice(2)).actions).toEqual([])
  })

  it('keeps ten old revisions where no limit is set, and none for a limit of zero', () => {
    const revisions = [...Array.from({ length: 11 }, (_, at) => old(at + 1)), revisionOf(daemonSet, 12, data)]
    const limited = (revisionHistoryLimit: number | null) =>
      sync({ ...daemonSet, spec: { ...daemonSet.spec, revisionHistoryLimit } }, revisions).actions
    expect(told(limited(null))).toEqual(['DeleteRevision a-h1 1'])
    expect(limited(0)).toHaveLength(11)
  })

  it('owns by reference: adopts matching orphans, releases own ones that no longer match, leaves those of others', () => {
    const unmatched = { ...old(2), metadata: { ...old(2).metadata, labels: { app: 'b', [hashLabel]: 'h2' } } }
    const foreign = {
      ...old(9),
      metadata: { ...old(9).metadata, ownerReferences: [{ uid: 'other', controller: true }] },
    }
    const result = sync(daemonSet, [unowned(revisionOf(daemonSet, 1, data)), unmatched, foreign])
    expect(told(result.actions)).toEqual(['AdoptRevision a-h1 1', 'ReleaseRevision a-h2 2'])
    expect(messages(result.actions)).toEqual([
      'a-h1: has no owner and matches the selector',
      'a-h2: no longer matches the selector',
    ])
    expect(result).toMatchObject({ hash: 'h1', revision: 1 })
  })
})
