import { describe, expect, it } from 'vitest'
import { claim } from '#controller/claim.ts'
import type { DaemonSet, KubeObject, OwnerReference } from '#kube/types.ts'

const daemonSet: DaemonSet = { metadata: { namespace: 'n', uid: 'ds' } }
const own = { uid: 'ds', controller: true }

const object = (
  labels: Record<string, string> | null,
  ownerReferences: OwnerReference[] | null,
  more = {},
): KubeObject => ({
  metadata: { namespace: 'n', labels, ownerReferences, ...more },
})
const mine = { app: 'a' }

// The cases of TestClaimPods of upstream's controller_ref_manager_test.go.
describe('an object is', () => {
  it.each<[string, KubeObject, 'claimed' | 'adopted' | 'released' | 'left alone']>([
    ['claimed if it is owned and matches', object(mine, [own]), 'claimed'],
    ['claimed even while it is deleted', object(mine, [own], { deletionTimestamp: 'now' }), 'claimed'],
    ['released if it is owned and does not match', object({ app: 'b' }, [own]), 'released'],
    ['released if it is owned and has no labels', object(null, [own]), 'released'],
    ['adopted if nobody owns it and it matches', object(mine, null), 'adopted'],
    ['adopted if its owners do not control it', object(mine, [{ uid: 'ds', controller: false }]), 'adopted'],
    ['left alone if nobody owns it and it does not match', object({ app: 'b' }, null), 'left alone'],
    ['left alone if nobody owns it and it has no labels', object(null, null), 'left alone'],
    ['left alone if another owns it', object(mine, [{ uid: 'other', controller: true }]), 'left alone'],
    [
      'left alone if it is deleted and nobody owns it',
      object(mine, null, { deletionTimestamp: 'now' }),
      'left alone',
    ],
    ['left alone in another namespace', object(mine, null, { namespace: 'm' }), 'left alone'],
    ['left alone without a namespace', object(mine, null, { namespace: null }), 'left alone'],
    ['left alone if it is bare', {}, 'left alone'],
  ])('%s', (_, given, outcome) => {
    const claims = claim([given], daemonSet, (labels) => labels.app === 'a')
    expect(claims).toEqual({
      claimed: outcome === 'claimed' || outcome === 'adopted' ? [given] : [],
      adopted: outcome === 'adopted' ? [given] : [],
      released: outcome === 'released' ? [given] : [],
    })
  })
})

it('objects keep their order', () => {
  const objects = [
    object(mine, [own], { name: 'z' }),
    object(mine, null, { name: 'a' }),
    object(mine, [own], { name: 'm' }),
  ]
  expect(claim(objects, daemonSet, () => true).claimed).toEqual(objects)
})

it('a DaemonSet that is not stored yet owns nothing, and adopts where it would be', () => {
  const unowned = object(mine, [{ controller: true }])
  expect(claim([unowned], {}, () => true)).toEqual({ claimed: [], adopted: [], released: [] })
  expect(claim([{}], {}, () => true).adopted).toEqual([{}])
  expect(
    claim([{ metadata: { labels: null } }], { metadata: null }, (labels) => labels.app === undefined).adopted,
  ).toHaveLength(1)
})
