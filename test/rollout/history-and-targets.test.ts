import { describe, expect, it } from 'vitest'
import { daemonSets, namespaces } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { daemonSetAt, historyOf, loadHistory, podsByHash, revisionNumbered } from '#rollout/history.ts'
import { refusal } from '#rollout/refusals.ts'
import { restart, restarted } from '#rollout/restart.ts'
import { candidates, parseTargets, resolveTargets } from '#rollout/targets.ts'
import { refusedWith } from './memory-cluster.ts'
import { daemonSet, pod, ready, revision, waiting, world } from './world.ts'

const at = (image: string) => daemonSet(image) as DaemonSet

describe('history', () => {
  const revisions = [revision(2, 'two', 'why'), revision(1, 'one')]

  it('tells of each revision, the current one marked', async () => {
    const history = await loadHistory(world({ daemonSet: daemonSet('one'), revisions }), at('one'))
    expect(
      history.map(({ revision, hash, changeCause, images, current }) => ({
        revision,
        hash,
        changeCause,
        images,
        current,
      })),
    ).toEqual([
      { revision: 1, hash: 'hash-one', changeCause: '', images: ['one'], current: true },
      { revision: 2, hash: 'hash-two', changeCause: 'why', images: ['two'], current: false },
    ])
  })

  it('gives the DaemonSet as it was, and leaves everything but the template', async () => {
    const history = historyOf(at('two'), revisions as never)
    const was = daemonSetAt(at('two'), revisionNumbered(history, 1))
    expect(was.spec?.template).toEqual(at('one').spec?.template)
    expect(was.metadata).toEqual(at('two').metadata)
    expect(() => revisionNumbered(history, 9)).toThrow('unable to find the specified revision')
  })

  it('counts the pods of each revision', async () => {
    const unowned = {
      ...pod('x', 'n', 'one', ready()),
      metadata: { name: 'x', namespace: 'default', labels: { app: 'a' } },
    }
    const pods = [
      pod('p', 'n1', 'one', ready()),
      pod('q', 'n2', 'one', waiting('x')),
      pod('r', 'n3', 'two', ready()),
      unowned,
    ]
    expect(Object.fromEntries(await podsByHash(world({ pods }), at('one')))).toEqual({
      'hash-one': { ready: 1, total: 2 },
      'hash-two': { ready: 1, total: 1 },
    })
  })
})

describe('restart', () => {
  const options = { now: Date.UTC(2026, 10, 20, 20, 37, 13), offsetMinutes: 60 }
  const annotation = 'kubectl.kubernetes.io/restartedAt'
  const timeOf = (one: DaemonSet) => one.spec?.template?.metadata?.annotations?.[annotation]

  it('writes the local time into the template', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    expect(timeOf(await restart(cluster, at('one'), options))).toBe('2026-11-20T21:37:13+01:00')
    expect(timeOf(restarted(at('one'), options))).toBe('2026-11-20T21:37:13+01:00')
  })

  it('refuses a second time in the same second', async () => {
    const again = restarted(at('one'), options)
    await expect(restart(world({}), again, options)).rejects.toThrow(
      'failed to create patch for a: if restart has already been triggered within the past second, please wait before attempting to trigger another',
    )
  })

  it('that was carried out is not doubled when its answer got lost', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.after = (call) => {
      if (call === 'patch') throw refusedWith(0, 'Connection', 'EOF', true)
    }
    await restart(cluster, at('one'), options)
    expect(cluster.calls).toEqual(['patch daemonsets a', 'get daemonsets a'])
    expect(cluster.read(daemonSets, 'a').metadata?.generation).toBe(3)
  })

  it('that the server refuses is told as kubectl tells it', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    cluster.before = () => {
      throw refusedWith(403, 'Forbidden', 'no')
    }
    await expect(restart(cluster, at('one'), options)).rejects.toMatchObject({
      message: 'failed to patch: no',
    })
  })
})

describe('pause and resume', () => {
  it("are refused in kubectl's words, with a way out", () => {
    expect(refusal('pause', 'x')).toMatchObject({
      message: 'error: daemonsets.apps "x" pausing is not supported',
      verbatim: true,
    })
    expect(refusal('resume', 'x').message).toBe('error: daemonsets.apps "x" resuming is not supported')
    expect(refusal('pause', 'x').hint).toContain('"OnDelete"')
  })
})

describe('targets', () => {
  it.each<[string[], object]>([
    [['a'], { kind: 'names', names: ['a'] }],
    [['ds/a'], { kind: 'names', names: ['a'] }],
    [['DaemonSet.apps/a', 'b'], { kind: 'names', names: ['a', 'b'] }],
    [['daemonsets.v1.apps', 'a', 'b', 'a'], { kind: 'names', names: ['a', 'b'] }],
    [['ds'], { kind: 'all' }],
    [['ds/ds'], { kind: 'names', names: ['ds'] }],
    [['deployment'], { kind: 'names', names: ['deployment'] }],
    [[], { kind: 'none' }],
  ])('%j', (args, request) => expect(parseTargets(args)).toEqual(request))

  it.each<[string[], boolean, string]>([
    [['deploy/a'], false, 'kds rolls out DaemonSets only, not deploy'],
    [['deployment', 'a'], false, 'kds rolls out DaemonSets only, not deployment'],
    [['thing/a'], false, 'the server doesn\'t have a resource type "thing"'],
    [['ds', 'ds/a'], false, 'there is no need to specify a resource type as a separate argument'],
    [['a', 'b'], true, 'name cannot be provided when a selector is specified'],
    [['ds/a/b'], false, 'arguments in resource/name form may not have more than one slash'],
    [['ds/a'], true, 'selectors and the all flag cannot be used when passing resource/name arguments'],
    [['ds/'], false, 'arguments in resource/name form must have a single resource and name'],
  ])('refuses %j', (args, selector, words) => expect(() => parseTargets(args, selector)).toThrow(words))

  it('with -l means all that match', () => {
    expect(parseTargets([], true)).toEqual({ kind: 'all' })
    expect(parseTargets(['ds'], true)).toEqual({ kind: 'all' })
  })

  it('that are not there do not keep the others from being dealt with', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const found = await resolveTargets(cluster, parseTargets(['x', 'a', 'y']), { namespace: 'default' })
    expect(found.daemonSets.map((one) => one.metadata?.name)).toEqual(['a'])
    expect(found.errors.map((error) => error.message)).toEqual([
      'Error from server (NotFound): daemonsets.apps "x" not found',
      'Error from server (NotFound): daemonsets.apps "y" not found',
    ])
  })

  it('in a namespace that is not there: the namespace is said to be missing', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    const ask = async () =>
      (await resolveTargets(cluster, parseTargets(['x']), { namespace: 'n' })).errors[0]?.message
    expect(await ask()).toBe('Error from server (NotFound): namespaces "n" not found')
    cluster.put(namespaces, { metadata: { name: 'n' } })
    expect(await ask()).toBe('Error from server (NotFound): daemonsets.apps "x" not found')
  })

  it('of nothing', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    await expect(resolveTargets(cluster, parseTargets([]), {})).rejects.toThrow(
      'required resource not specified',
    )
    expect((await candidates(cluster, { namespace: 'default' })).map((one) => one.metadata?.name)).toEqual([
      'a',
    ])
    expect(await resolveTargets(cluster, parseTargets(['ds']), { namespace: 'other' })).toEqual({
      daemonSets: [],
      errors: [],
    })
  })
})
