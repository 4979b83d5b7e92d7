import { describe, expect, it } from 'vitest'
import { namespaces } from '#cluster/resources.ts'
import { candidates, parseTargets, resolveTargets } from '#rollout/targets.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'
import { daemonSet, world } from '../helpers/rollout-world.ts'

describe('targets', () => {
  it.each<[string[], object]>([
    [['a'], { kind: 'names', names: ['a'] }],
    [['ds/a'], { kind: 'names', names: ['a'] }],
    [['DaemonSet.apps/a', 'ds/b'], { kind: 'names', names: ['a', 'b'] }],
    [['daemonsets.v1.apps', 'a', 'b', 'a'], { kind: 'names', names: ['a', 'b'] }],
    [['ds'], { kind: 'all' }],
    [['ds/ds'], { kind: 'names', names: ['ds'] }],
    [['deployment'], { kind: 'names', names: ['deployment'] }],
    [[], { kind: 'none' }],
  ])('%j', (args, request) => expect(parseTargets(args)).toEqual(request))

  const mixed =
    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"
  it.each<[string[], boolean, string]>([
    [['deploy/a'], false, 'kds works on DaemonSets only, not on deploy'],
    [['deployment', 'a'], false, 'kds works on DaemonSets only, not on deployment'],
    [['thing/a'], false, 'the server doesn\'t have a resource type "thing"'],
    ...[
      ['ds', 'ds/a'],
      ['ds/a', 'a'],
      ['a', 'ds/b'],
      ['ds/a', 'ds/b', 'ds'],
      ['ds/', 'a'],
    ].map((args): [string[], boolean, string] => [args, false, mixed]),
    [['ds', 'ds/a'], true, mixed],
    [['/a'], false, 'arguments in resource/name form must have a single resource and name'],
    [['ds', 'a'], true, 'name cannot be provided when a selector is specified'],
    [['a', 'b'], true, 'name cannot be provided when a selector is specified'],
    [['ds/a/b'], false, 'arguments in resource/name form may not have more than one slash'],
    [['ds/a'], true, 'selectors and the all flag cannot be used when passing resource/name arguments'],
    [['ds/'], false, 'arguments in resource/name form must have a single resource and name'],
  ])('refuses %j, with a selector: %s', (args, selector, message) => {
    const code = message.startsWith('the server') ? 'unknown-type' : 'usage'
    expect(() => parseTargets(args, selector)).toThrow(expect.objectContaining({ code, message }))
  })

  it.each([
    'deploy',
    'deployment',
    'Deployments',
    'deployments.v1.apps',
    'sts',
    'statefulset',
    'statefulsets.apps',
    'rs',
    'replicaset',
    'replicasets',
    'rc',
    'po',
    'pod',
    'pods',
    'job',
    'jobs.batch',
    'cj',
    'cronjob',
    'cronjobs',
  ])('says who rolls out %s', (type) => {
    const message = `kds works on DaemonSets only, not on ${type}`
    const told = expect.objectContaining({ code: 'usage', message, hint: `kubectl knows ${type}` })
    expect(() => parseTargets([type, 'a'])).toThrow(told)
    expect(() => parseTargets([`${type}/a`])).toThrow(told)
  })

  it.each([
    'my-deploy',
    'deploys',
    'pods-7',
    'pods.',
    'jobs.batch-1',
    'my-ds',
    'ds1',
    'daemonsets.apps.v1',
    'ds.v1',
  ])('takes %s for a name, and for no type', (word) => {
    expect(parseTargets([word, 'b'])).toEqual({ kind: 'names', names: [word, 'b'] })
    expect(() => parseTargets([`${word}/b`])).toThrow(`the server doesn't have a resource type "${word}"`)
  })

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

  it('in the default namespace, in any, or where the server forbids it: what was sought is said to be missing', async () => {
    const cluster = world({})
    const missing = async (namespace?: string) => {
      cluster.calls.length = 0
      const { errors } = await resolveTargets(cluster, parseTargets(['x']), namespace ? { namespace } : {})
      return [errors[0]?.message, ...cluster.calls]
    }
    const words = 'Error from server (NotFound): daemonsets.apps "x" not found'
    expect(await missing('default')).toEqual([words, 'get daemonsets x'])
    expect(await missing()).toEqual([words, 'get daemonsets x'])
    cluster.before = (_, resource) => {
      if (resource === namespaces) throw refusedWith(403, 'Forbidden', 'no namespaces for you')
    }
    expect(await missing('n')).toEqual([words, 'get daemonsets x', 'get namespaces n'])
    cluster.before = () => {
      throw refusedWith(403, 'Forbidden', 'no')
    }
    expect(await missing('n')).toEqual(['Error from server (Forbidden): no', 'get daemonsets x'])
  })

  it.each([
    ['no answer comes', refusedWith(0, 'Connection', 'EOF')],
    ['it is ended', new Error('Ctrl-C')],
  ])('are not asked for any more when %s', async (_, error) => {
    const cluster = world({})
    cluster.before = () => {
      throw error
    }
    await expect(resolveTargets(cluster, parseTargets(['x', 'y']), {})).rejects.toBe(error)
    expect(cluster.calls).toEqual(['get daemonsets x'])
  })

  it('are asked for in their namespace, with the signal', async () => {
    const { signal } = new AbortController()
    const cluster = world({ daemonSet: daemonSet('one') })
    const options = { namespace: 'n', labelSelector: 'app=a', signal }
    await resolveTargets(cluster, parseTargets(['ds']), options)
    await candidates(cluster, options)
    await resolveTargets(cluster, parseTargets(['x']), options)
    expect(cluster.options).toEqual([options, options, { signal }, { signal }])
    const names: unknown[] = []
    const asking = { get: (_: unknown, name: unknown) => Promise.resolve(names.push(name)) }
    await resolveTargets(asking as never, parseTargets(['x']), {})
    await resolveTargets(asking as never, parseTargets(['x']), { namespace: 'n' })
    expect(names).toEqual([
      { name: 'x', namespace: 'default' },
      { name: 'x', namespace: 'n' },
    ])
  })

  it('of nothing', async () => {
    const cluster = world({ daemonSet: daemonSet('one') })
    await expect(resolveTargets(cluster, parseTargets([]), {})).rejects.toMatchObject({
      code: 'usage',
      message: 'required resource not specified',
    })
    expect((await candidates(cluster, { namespace: 'default' })).map((one) => one.metadata?.name)).toEqual([
      'a',
    ])
    expect(await resolveTargets(cluster, parseTargets(['ds']), { namespace: 'other' })).toEqual({
      daemonSets: [],
      errors: [],
    })
  })
})
