import { describe, expect, it } from 'vitest'
import { type RevisionSurroundings, revisionStandings } from '#controller/revision-standing.ts'
import type { ControllerRevision, DaemonSet, Pod } from '#kube/types.ts'

const template = (image: string) => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image }] },
})

const daemonSet = (more: Partial<DaemonSet['spec']> = {}, name = 'a'): DaemonSet => ({
  metadata: { name, namespace: 'n', uid: `uid-${name}`, generation: 1 },
  spec: { selector: { matchLabels: { app: 'a' } }, template: template('i:3'), ...more },
})

const owner = (uid = 'uid-a', kind = 'DaemonSet') => [{ kind, name: 'a', uid, controller: true }]

const revision = (
  number: number,
  image: string,
  more: Partial<NonNullable<ControllerRevision['metadata']>> = {},
): ControllerRevision => ({
  metadata: {
    name: `a-h${number}`,
    namespace: 'n',
    labels: { app: 'a', 'controller-revision-hash': `h${number}` },
    ownerReferences: owner(),
    ...more,
  },
  data: { spec: { template: { ...template(image), $patch: 'replace' } } } as ControllerRevision['data'],
  revision: number,
})

const podOf = (hash: string): Pod => ({
  metadata: { name: `p-${hash}`, labels: { 'controller-revision-hash': hash }, ownerReferences: owner() },
})

const states = ({ daemonSets = [daemonSet()], pods = [], revisions }: Partial<RevisionSurroundings>) =>
  revisionStandings({ revisions: revisions ?? [], daemonSets, pods }).map(({ standing }) => standing)

const history = [revision(1, 'i:1'), revision(2, 'i:2'), revision(3, 'i:3')]

describe('a ControllerRevision', () => {
  it.each<[string, Partial<RevisionSurroundings>, string[]]>([
    ['of the present template, and of earlier ones', { revisions: history }, ['old', 'old', 'current']],
    [
      'of the present template twice: the lower number goes',
      { revisions: [revision(1, 'i:3'), revision(2, 'i:2'), revision(3, 'i:3')] },
      ['duplicate', 'old', 'current'],
    ],
    [
      'beyond the limit',
      { revisions: history, daemonSets: [daemonSet({ revisionHistoryLimit: 1 })] },
      ['surplus', 'old', 'current'],
    ],
    [
      'beyond the limit with a pod left',
      { revisions: history, daemonSets: [daemonSet({ revisionHistoryLimit: 1 })], pods: [podOf('h1')] },
      ['old', 'surplus', 'current'],
    ],
    [
      'whose labels have changed',
      { revisions: [revision(1, 'i:1', { labels: { app: 'b' } })] },
      ['released'],
    ],
    ['without an owner', { revisions: [revision(1, 'i:1', { ownerReferences: null })] }, ['adoptable']],
    [
      'without an owner, that nobody selects',
      { revisions: [revision(1, 'i:1', { ownerReferences: [], labels: { app: 'b' } })] },
      ['orphan'],
    ],
    [
      'without an owner, in another namespace',
      { revisions: [revision(1, 'i:1', { ownerReferences: [], namespace: 'm' })] },
      ['orphan'],
    ],
    ['of a DaemonSet that is gone', { revisions: history, daemonSets: [] }, ['stale', 'stale', 'stale']],
    [
      'of an earlier DaemonSet by the same name',
      { revisions: [revision(1, 'i:1', { ownerReferences: owner('uid-before') })] },
      ['stale'],
    ],
    [
      'of a StatefulSet',
      { revisions: [revision(1, 'i:1', { ownerReferences: owner('uid-db', 'StatefulSet') })] },
      ['foreign'],
    ],
    [
      'of a DaemonSet whose selector cannot be read',
      {
        revisions: history.slice(0, 1),
        daemonSets: [daemonSet({ selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } })],
      },
      ['old'],
    ],
  ])('%s', (_, given, expected) => {
    expect(states(given)).toEqual(expected)
  })

  it('is never surplus where pods are not known', () => {
    const daemonSets = [daemonSet({ revisionHistoryLimit: 0 })]
    expect(
      revisionStandings({ revisions: history, daemonSets, pods: undefined }).map((one) => one.standing),
    ).toEqual(['old', 'old', 'current'])
  })
})
