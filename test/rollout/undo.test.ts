import { describe, expect, it, vi } from 'vitest'
import { controllerRevisions, daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { loadHistory } from '#rollout/history.ts'
import { applyUndo, defaultChangeCause, planUndo, undoWarning } from '#rollout/undo.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet, revision, template, world } from '../helpers/rollout-world.ts'

const revisions = [revision(1, 'one', 'first'), revision(3, 'three'), revision(2, 'two')]
const make = () => world({ daemonSet: daemonSet('three'), revisions })

async function planned(toRevision = 0, cluster = make()) {
  const now = await cluster.get(daemonSets, { name: 'a', namespace: 'default' })
  const plan = planUndo(now, await loadHistory(cluster, now), toRevision)
  cluster.calls.length = 0
  cluster.options.length = 0
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

  it.each<[number, string | undefined]>([
    [9, 'there are: 1, 2, 3'],
    [-1, undefined],
  ])('--to-revision=%d is none', async (toRevision, hint) => {
    await expect(planned(toRevision)).rejects.toMatchObject({
      code: 'not-found',
      message: `unable to find specified revision ${toRevision} in history`,
      hint,
    })
  })

  it('needs a second one, or to be named', async () => {
    const cluster = world({ daemonSet: daemonSet('one'), revisions: [revision(1, 'one')] })
    await expect(planned(0, cluster)).rejects.toMatchObject({
      code: 'not-found',
      message: 'no last revision to roll back to',
    })
    expect((await planned(1, cluster)).plan).toMatchObject({ skipped: true, newRevision: 1 })
    await expect(planned(0, world({ daemonSet: daemonSet('one') }))).rejects.toThrow('no last revision')
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
    const sent = vi.spyOn(cluster, 'patch')
    const { signal } = new AbortController()
    const result = await applyUndo(cluster, plan, { signal, fieldManager: 'me' })
    expect(result).toEqual({ daemonSet: cluster.read(daemonSets, 'a') })
    const { resourceVersion } = plan.daemonSet.metadata ?? {}
    expect(resourceVersion).toMatch(/^\d+$/)
    expect(sent.mock.calls).toEqual([
      [
        daemonSets,
        { name: 'a', namespace: 'default' },
        {
          type: 'strategic',
          body: { ...(revision(1, 'one').data as object), metadata: { resourceVersion } },
        },
        { dryRun: false, signal, fieldManager: 'me' },
      ],
    ])
    expect(cluster.read(daemonSets, 'a').spec?.template).toEqual(template('one'))
    expect(cluster.read(daemonSets, 'a').metadata?.annotations).toBeUndefined()
  })

  it('of a DaemonSet without a version has no precondition', async () => {
    const { cluster, plan } = await planned(1)
    const daemonSet = { ...plan.daemonSet, metadata: { name: 'a', namespace: 'default' } }
    await applyUndo(cluster, { ...plan, daemonSet })
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })

  it('writes the change cause to the revision that comes back, and leaves none on the DaemonSet', async () => {
    const { cluster, plan } = await planned(1)
    const { signal } = new AbortController()
    const sent = vi.spyOn(cluster, 'patch')
    const result = await applyUndo(cluster, plan, { changeCause: 'because', signal })
    expect(result).toEqual({ daemonSet: cluster.read(daemonSets, 'a') })
    const annotations = { 'kubernetes.io/change-cause': 'because' }
    expect(sent.mock.lastCall).toEqual([
      controllerRevisions,
      { name: 'a-one', namespace: 'default' },
      { type: 'merge', body: { metadata: { annotations } } },
      { signal },
    ])
    expect(cluster.read(daemonSets, 'a').metadata?.annotations ?? {}).toEqual({})
    expect(cluster.read(controllerRevisions, 'a-one').metadata?.annotations).toEqual(annotations)
  })

  it('is done even if the revision may not be written', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = (call, resource) => {
      if (call === 'patch' && resource === controllerRevisions) throw refusedWith(403, 'Forbidden', 'may not')
    }
    expect(await applyUndo(cluster, plan, { changeCause: 'because' })).toEqual({
      daemonSet: cluster.read(daemonSets, 'a'),
      causeNotRecorded: 'may not',
    })
    expect(imageNow(cluster)).toBe('one')
  })

  it('is done even if nobody answers about the revision', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = (_, resource) => {
      if (resource === controllerRevisions) throw refusedWith(0, 'Connection', 'EOF')
    }
    expect(await applyUndo(cluster, plan, { changeCause: 'because' })).toMatchObject({
      causeNotRecorded: 'EOF',
    })
  })

  it.each([daemonSets, controllerRevisions])('that ends by an abort, ends with its reason', async (where) => {
    const { cluster, plan } = await planned(1)
    const reason = new Error('Ctrl-C')
    cluster.before = (_, resource) => {
      if (resource === where) throw reason
    }
    await expect(applyUndo(cluster, plan, { changeCause: 'because' })).rejects.toBe(reason)
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

  it('gives up when the status changes for the sixth time, and waits ever longer between', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = (call) => {
      if (call === 'patch') cluster.put(daemonSets, cluster.read(daemonSets, 'a'))
    }
    const waited: number[] = []
    const pause = async (attempt: number) => void waited.push(attempt)
    await expect(applyUndo(cluster, plan, { pause })).rejects.toMatchObject({
      code: 'Conflict',
      message: expect.stringContaining(
        'failed restoring revision 1: Operation cannot be fulfilled on daemonsets.apps "a"',
      ),
    })
    expect(cluster.calls.filter((call) => call === 'patch daemonsets a')).toHaveLength(6)
    expect(waited).toEqual([1, 2, 3, 4, 5])
    expect(imageNow(cluster)).toBe('three')
  })

  it.each([500, 503])('is tried again when the server answers %d', async (status) => {
    const { cluster, plan } = await planned(1)
    const { signal } = new AbortController()
    let answers = 0
    cluster.before = (call) => {
      if (call === 'patch' && answers++ === 0) throw refusedWith(status, 'InternalError', 'oh')
    }
    await applyUndo(cluster, plan, { signal })
    expect(cluster.calls).toEqual(['patch daemonsets a', 'get daemonsets a', 'patch daemonsets a'])
    expect(cluster.options).toMatchObject([{ signal }, { signal }, { signal }])
    expect(imageNow(cluster)).toBe('one')
  })

  it('does not write over a template that someone else changed meanwhile', async () => {
    const { cluster, plan } = await planned(1)
    cluster.put(daemonSets, {
      ...cluster.read(daemonSets, 'a'),
      spec: (daemonSet('mine') as { spec: object }).spec,
    })
    await expect(applyUndo(cluster, plan)).rejects.toMatchObject({
      code: 'changed',
      message: 'daemonsets.apps "a" was changed by someone else meanwhile; nothing was rolled back',
      hint: 'look at the history again, then repeat the undo',
    })
    expect(imageNow(cluster)).toBe('mine')
  })

  it('does not touch a DaemonSet that was made anew', async () => {
    const { cluster, plan } = await planned(1)
    cluster.remove(daemonSets, 'a')
    cluster.put(daemonSets, { ...daemonSet('three', {}, { metadata: { uid: 'another' } }) })
    await expect(applyUndo(cluster, plan)).rejects.toThrow('changed by someone else')
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

  it('is of unknown outcome when its answer got lost and somebody changed the object again', async () => {
    const { cluster, plan } = await planned(1)
    cluster.after = (call) => {
      if (call !== 'patch') return
      cluster.put(daemonSets, {
        ...cluster.read(daemonSets, 'a'),
        spec: (daemonSet('webhook') as { spec: object }).spec,
      })
      throw refusedWith(0, 'Connection', 'EOF', true)
    }
    await expect(applyUndo(cluster, plan)).rejects.toMatchObject({
      code: 'unknown-outcome',
      message:
        'no answer came: whether daemonset.apps/a was rolled back is unknown (it is neither what it was nor what it should be)',
      hint: expect.stringMatching(/^look with kds rollout history ds\/a/),
    })
  })

  it('is of unknown outcome when it cannot be looked up either', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = () => {
      throw refusedWith(0, 'Connection', 'EOF', true)
    }
    await expect(applyUndo(cluster, plan)).rejects.toMatchObject({
      code: 'unknown-outcome',
      message: 'no answer came: whether daemonset.apps/a was rolled back is unknown (EOF)',
    })
  })

  it('is not asked for again of a server that answers nonsense', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = (call) => {
      if (call === 'patch') throw refusedWith(0, 'Unexpected', '', true)
    }
    await expect(applyUndo(cluster, plan)).rejects.toMatchObject({ code: 'Unexpected' })
    expect(cluster.calls).toEqual(['patch daemonsets a', 'get daemonsets a'])
  })

  it('may have been carried out when it is interrupted', async () => {
    const { cluster, plan } = await planned(1)
    const interrupt = new AbortController()
    cluster.before = (call) => {
      if (call !== 'patch') return
      interrupt.abort(new Error('Ctrl-C'))
      throw interrupt.signal.reason
    }
    await expect(applyUndo(cluster, plan, { signal: interrupt.signal })).rejects.toMatchObject({
      code: 'unknown-outcome',
      exitCode: 130,
      message: 'interrupted: whether daemonset.apps/a was rolled back is unknown',
    })
  })

  it('that the server refuses is told as kubectl tells it', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = () => {
      throw refusedWith(403, 'Forbidden', 'daemonsets.apps "a" is forbidden: User "jane" cannot patch')
    }
    await expect(applyUndo(cluster, plan)).rejects.toMatchObject({
      code: 'Forbidden',
      message: 'failed restoring revision 1: daemonsets.apps "a" is forbidden: User "jane" cannot patch',
      verbatim: false,
      cause: { status: 403 },
    })
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })

  it('that nobody answers, on a dry run, is told as it is', async () => {
    const { cluster, plan } = await planned(1)
    cluster.before = () => {
      throw refusedWith(0, 'Connection', 'EOF', true)
    }
    await expect(applyUndo(cluster, plan, { dryRun: true })).rejects.toMatchObject({
      code: 'Connection',
      message: 'EOF',
    })
    expect(cluster.calls).toEqual(['patch daemonsets a'])
  })
})

describe('the change cause that is recorded', () => {
  it('names the revision, and why that was made', async () => {
    expect(defaultChangeCause((await planned(1)).plan)).toBe('rollback to revision 1: first')
    expect(defaultChangeCause((await planned(2)).plan)).toBe('rollback to revision 2')
  })

  it('is never nested', async () => {
    const { plan } = await planned(1)
    const causeOf = (changeCause: string) =>
      defaultChangeCause({ ...plan, target: { ...plan.target, revision: 4, changeCause } })
    expect(causeOf('rollback to revision 1: first')).toBe('rollback to revision 4: first')
    expect(causeOf('rollback to revision 3: rollback to revision 1')).toBe('rollback to revision 4')
    expect(causeOf('rollback to revision 1 is bad')).toBe(
      'rollback to revision 4: rollback to revision 1 is bad',
    )
  })
})

describe('the warning about kubectl apply', () => {
  it('comes with the annotation only', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    expect(undoWarning(daemonSet('x') as DaemonSet)).toBeUndefined()
    expect(undoWarning({})).toBeUndefined()
    expect(undoWarning({ metadata: { annotations: {} } })).toBeUndefined()
    expect(undoWarning(daemonSet('x', {}, { metadata: { annotations } }) as DaemonSet)).toBe(
      "resource daemonsets/a was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.",
    )
  })
})
