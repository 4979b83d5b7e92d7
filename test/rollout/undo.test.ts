import { describe, expect, it } from 'vitest'
import { controllerRevisions, daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { applyUndo, defaultChangeCause, planUndo, undoWarning } from '#rollout/undo.ts'
import { refusedWith } from './memory-cluster.ts'
import { daemonSet, revision, world } from './world.ts'

const revisions = [revision(1, 'one', 'first'), revision(3, 'three'), revision(2, 'two')]
const make = () => world({ daemonSet: daemonSet('three'), revisions })

async function planned(toRevision = 0, cluster = make()) {
  const now = await cluster.get(daemonSets, { name: 'a', namespace: 'default' })
  const plan = planUndo(now, await loadHistory(cluster, now), toRevision)
  cluster.calls.length = 0
  return { cluster, plan }
}

const imageOf = (object: DaemonSet) => object.spec?.template?.spec?.containers?.[0]?.image
const imageNow = (cluster: ReturnType<typeof make>) => imageOf(cluster.read(daemonSets, 'a'))

describe('the revision to go back to', () => {
  it.each([
    [0, 2, 'two'],
    [1, 1, 'one'],
    [2, 2, 'two'],
  ])('--to-revision=%d is %d', async (toRevision, number, image) => {
    const { plan } = await planned(toRevision)
    expect([plan.target.revision, imageOf(plan.result), plan.skipped, plan.newRevision]).toEqual([
      number,
      image,
      false,
      4,
    ])
  })

  it('is skipped if it is there already', async () => {
    const { plan } = await planned(3)
    expect([plan.skipped, plan.newRevision]).toEqual([true, 3])
  })

  it.each([
    [9, 'unable to find specified revision 9 in history'],
    [-1, 'unable to find specified revision -1 in history'],
  ])('--to-revision=%d is none', async (toRevision, words) => {
    await expect(planned(toRevision)).rejects.toThrow(words)
  })

  it('needs a second one', async () => {
    const cluster = world({ daemonSet: daemonSet('one'), revisions: [revision(1, 'one')] })
    await expect(planned(0, cluster)).rejects.toThrow('no last revision to roll back to')
  })

  it('is one that the DaemonSet owns, not one that shares its labels', async () => {
    const metadata = { name: 'f', namespace: 'default', labels: { app: 'a' } }
    const ownerReferences = [{ uid: 'uid-a', kind: 'DaemonSet', name: 'a', controller: false }]
    const foreign = { ...revision(9, 'nine'), metadata: { ...metadata, ownerReferences } }
    const cluster = world({ daemonSet: daemonSet('three'), revisions: [...revisions, foreign] })
    expect((await planned(0, cluster)).plan.target.revision).toBe(2)
  })
})

describe('an undo', () => {
  it('sends the stored data with a precondition, as kubectl would without', async () => {
    const { cluster, plan } = await planned(1)
    await applyUndo(cluster, plan)
    expect(cluster.calls).toEqual(['patch daemonsets a'])
    expect(imageNow(cluster)).toBe('one')
    expect(cluster.read(daemonSets, 'a').metadata?.annotations).toBeUndefined()
  })

  it('writes the change cause to the DaemonSet and to the revision that comes back', async () => {
    const { cluster, plan } = await planned(1)
    expect(defaultChangeCause(plan)).toBe('rollback to revision 1: first')
    expect(await applyUndo(cluster, plan, { changeCause: 'because' })).not.toHaveProperty('causeNotRecorded')
    const annotations = { 'kubernetes.io/change-cause': 'because' }
    expect(cluster.read(daemonSets, 'a').metadata?.annotations).toEqual(annotations)
    expect(cluster.read(controllerRevisions, 'a-one').metadata?.annotations).toEqual(annotations)
  })

  it('is done even if the revision may not be written', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = (call, resource) => {
      if (call === 'patch' && resource === controllerRevisions) throw refusedWith(403, 'Forbidden', 'may not')
    }
    expect((await applyUndo(cluster, plan, { changeCause: 'because' })).causeNotRecorded).toBe('may not')
    expect(imageNow(cluster)).toBe('one')
  })

  it('stores nothing on a dry run', async () => {
    const { cluster, plan } = await planned(1)
    const { daemonSet: shown } = await applyUndo(cluster, plan, { dryRun: true, changeCause: 'because' })
    expect([imageOf(shown), imageNow(cluster)]).toEqual(['one', 'three'])
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })

  it('gets over changes of the status', async () => {
    const { cluster, plan } = await planned(1)
    for (const available of [1, 2])
      cluster.put(daemonSets, { ...cluster.read(daemonSets, 'a'), status: { available } })
    await applyUndo(cluster, plan)
    expect(imageNow(cluster)).toBe('one')
    expect(cluster.calls).toEqual(['patch daemonsets a', 'get daemonsets a', 'patch daemonsets a'])
  })

  it('does not write over a template that somebody else changed meanwhile', async () => {
    const { cluster, plan } = await planned(1)
    cluster.put(daemonSets, {
      ...cluster.read(daemonSets, 'a'),
      spec: (daemonSet('mine') as { spec: object }).spec,
    })
    await expect(applyUndo(cluster, plan)).rejects.toThrow(
      'daemonsets.apps "a" was changed by somebody else meanwhile; nothing was rolled back',
    )
    expect(imageNow(cluster)).toBe('mine')
  })

  it('does not touch a DaemonSet that was made anew', async () => {
    const { cluster, plan } = await planned(1)
    cluster.remove(daemonSets, 'a')
    cluster.put(daemonSets, { ...daemonSet('three', {}, { metadata: { uid: 'another' } }) })
    await expect(applyUndo(cluster, plan)).rejects.toThrow('changed by somebody else')
    expect(imageNow(cluster)).toBe('three')
  })

  it.each([
    ['carried out', true],
    ['not carried out', false],
  ])('whose answer got lost is looked up: %s', async (_name, carriedOut) => {
    const { cluster, plan } = await planned(1)
    let lost = false
    const lose = (call: string) => {
      if (call !== 'patch' || lost) return
      lost = true
      throw refusedWith(0, 'Connection', 'EOF', true)
    }
    if (carriedOut) cluster.after = lose
    else cluster.before = lose
    await applyUndo(cluster, plan)
    expect(imageNow(cluster)).toBe('one')
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(3)
    expect(cluster.calls.filter((call) => call.startsWith('patch')).length).toBe(carriedOut ? 1 : 2)
  })

  it('that the server refuses is told as kubectl tells it', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = () => {
      throw refusedWith(403, 'Forbidden', 'daemonsets.apps "a" is forbidden: User "jane" cannot patch')
    }
    await expect(applyUndo(cluster, plan)).rejects.toMatchObject({
      message: 'failed restoring revision 1: daemonsets.apps "a" is forbidden: User "jane" cannot patch',
      verbatim: false,
    })
  })
})

describe('the warning about kubectl apply', () => {
  it('comes with the annotation only', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    expect(undoWarning(daemonSet('x') as DaemonSet)).toBeUndefined()
    expect(undoWarning(daemonSet('x', {}, { metadata: { annotations } }) as DaemonSet)).toBe(
      "resource daemonsets/a was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.",
    )
  })
})
