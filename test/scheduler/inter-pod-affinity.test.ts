import { describe, expect, it } from 'vitest'
import type { LabelSelector, PodAffinityTerm, PodSpec } from '#kube/types.ts'
import { Fitter, type FitterInput } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf, podOf, startOn } from './around.ts'

const to = (labels: Record<string, string>, more: PodAffinityTerm = {}): PodAffinityTerm => ({
  topologyKey: 'zone',
  labelSelector: { matchLabels: labels },
  namespaces: ['other'],
  ...more,
})
const affinity = (...terms: PodAffinityTerm[]): PodSpec => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
})
const antiAffinity = (...terms: PodAffinityTerm[]): PodSpec => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
})
const all = ['a1', 'a2', 'b1', 'x']
const started = (answers: readonly string[], names = all) => names.filter((_, i) => answers[i] === '')

describe('affinity to pods', () => {
  const db = podOf('db-0', 'a2', { app: 'db' })
  /** Like the DaemonSet's pods, and of their namespace. */
  const ofAgent = (on: string, spec: PodSpec = {}) => {
    const pod = podOf(`agent-${on}`, on, { app: 'agent' }, spec)
    return { ...pod, metadata: { ...pod.metadata, namespace: 'n' } }
  }

  it.each<[string, PodSpec, readonly string[]]>([
    ['in a domain: every node of it', affinity(to({ app: 'db' })), ['a1', 'a2']],
    ['of another namespace only if it is asked for', affinity(to({ app: 'db' }, { namespaces: ['n'] })), []],
    ['of the own namespace without one', affinity(to({ app: 'db' }, { namespaces: [] })), []],
    [
      'of all namespaces',
      affinity(to({ app: 'db' }, { namespaces: null, namespaceSelector: {} })),
      ['a1', 'a2'],
    ],
    [
      'of namespaces by their labels',
      affinity(to({ app: 'db' }, { namespaces: null, namespaceSelector: { matchLabels: { team: 'data' } } })),
      ['a1', 'a2'],
    ],
    [
      'of a namespace by its name, which is a label of each',
      affinity(
        to(
          { app: 'db' },
          {
            namespaces: null,
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
          },
        ),
      ),
      ['a1', 'a2'],
    ],
    ['that all terms ask for', affinity(to({ app: 'db' }), to({ app: 'db', tier: '1' })), []],
    ['of which there are none', affinity(to({ app: 'cache' })), []],
    ['without a selector', affinity(to({}, { labelSelector: null })), []],
    [
      'of the own namespace, where others are chosen by labels and it is not among them',
      affinity(
        to({ app: 'agent' }, { namespaces: null, namespaceSelector: { matchLabels: { team: 'data' } } }),
      ),
      [],
    ],
  ])('%s', (_, spec, expected) => {
    const namespaces = [{ metadata: { name: 'other', labels: { team: 'data' } } }]
    expect(started(startOn(all, spec, { pods: [db, ofAgent('a1')], namespaces }))).toEqual(expected)
  })

  it('not of what carries its own value of a key: mismatchLabelKeys', () => {
    const tenants = affinity(to({}, { namespaces: ['n'], labelSelector: {}, mismatchLabelKeys: ['app'] }))
    const inOwn = (name: string, on: string, app: string) => {
      const pod = podOf(name, on, { app })
      return { ...pod, metadata: { ...pod.metadata, namespace: 'n' } }
    }
    expect(started(startOn(all, tenants, { pods: [inOwn('same', 'b1', 'agent')] }))).toEqual([])
    expect(started(startOn(all, tenants, { pods: [inOwn('else', 'b1', 'db')] }))).toEqual(['b1'])
  })

  it('in the domains of all its terms, whose labels the node must have', () => {
    const both = affinity(to({ app: 'db' }), to({ app: 'db' }, { topologyKey: 'kubernetes.io/hostname' }))
    expect(started(startOn(all, both, { pods: [db] }))).toEqual(['a2'])
    const twice = affinity(to({ app: 'db' }), to({ app: 'db' }, { topologyKey: 'rack' }))
    expect(startOn(['a2'], twice, { pods: [db] })).toEqual([
      'no pod there that its affinity asks for: app=db in the same zone, app=db in the same rack',
    ])
    // Nor is the first of its kind put where there is no domain.
    expect(started(startOn(['x'], affinity(to({ app: 'agent' }, { namespaces: null }))), ['x'])).toEqual([])
  })

  it('whose namespaces are listed, or chosen by labels: either will do, and the own one only if it is among them', () => {
    const chosen = { namespaces: ['third'], namespaceSelector: { matchLabels: { team: 'data' } } }
    const namespaces = [
      { metadata: { name: 'other', labels: { team: 'data' } } },
      { metadata: { name: 'n', labels: {} } },
    ]
    const at = (namespace: string) => {
      const pod = podOf('db-0', 'a2', { app: 'db' })
      return { pods: [{ ...pod, metadata: { ...pod.metadata, namespace } }], namespaces }
    }
    const spec = affinity(to({ app: 'db' }, chosen))
    expect(started(startOn(['a1'], spec, at('third')), ['a1'])).toEqual(['a1'])
    expect(started(startOn(['a1'], spec, at('other')), ['a1'])).toEqual(['a1'])
    expect(started(startOn(['a1'], spec, at('n')), ['a1'])).toEqual([])
  })

  it('by a selector that cannot be read are none', () => {
    const broken = to({}, { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } })
    expect(started(startOn(all, affinity(broken), { pods: [db] }))).toEqual([])
    expect(started(startOn(all, antiAffinity(broken), { pods: [db] }))).toEqual(all)
  })

  it('of its own kind: the first needs none, others go where it is', () => {
    const own = affinity(to({ app: 'agent' }, { namespaces: null }))
    expect(started(startOn(['b1', 'a1', 'b2'], own), ['b1', 'a1', 'b2'])).toEqual(['b1', 'b2'])
  })

  it('of its own kind, by several terms: the first of it needs the labels of all, and nobody like it anywhere', () => {
    const own = (...keys: string[]) =>
      affinity(...keys.map((topologyKey) => to({ app: 'agent' }, { topologyKey, namespaces: null })))
    expect(started(startOn(['a1'], own('zone', 'rack')), ['a1'])).toEqual([])
    expect(started(startOn(['a1'], own('zone', 'kubernetes.io/hostname')), ['a1'])).toEqual(['a1'])
    // On a node of no zone there is one, so it is not the first.
    const elsewhere = { pods: [ofAgent('x')] }
    expect(started(startOn(['a1'], own('zone', 'kubernetes.io/hostname'), elsewhere), ['a1'])).toEqual([])
  })

  it('of its own kind: the only one there is, evicted for it, makes it the first', () => {
    const weak = ofAgent('a1', { priority: 1, containers: [{ resources: { requests: { cpu: '4' } } }] })
    const own = {
      ...affinity(to({ app: 'agent' }, { namespaces: null })),
      priority: 5,
      containers: [{ resources: { requests: { cpu: '1' } } }],
    }
    expect(startOn(['a1'], own, { pods: [weak] })).toEqual(['evicts agent-a1'])
  })

  it('of another namespace is not found in the own one', () => {
    const asked = affinity(to({ app: 'agent' }, { namespaces: ['other'] }))
    expect(started(startOn(all, asked, { pods: [ofAgent('a1')] }))).toEqual([])
  })

  it('of any kind is said so', () => {
    const any = affinity(to({}, { labelSelector: {}, namespaces: ['nobody'] }))
    expect(startOn(['a1'], any)).toEqual([
      'no pod there that its affinity asks for: any pod in the same zone',
    ])
  })

  it('is said with what it asks for, and no preemption helps', () => {
    const fitter = new Fitter({
      daemonSet: daemonSetOf({ ...affinity(to({ app: 'db' })), priority: 9 }),
      pods: [db],
      nodes: all.map(nodeOf),
    })
    expect(fitter.judge(nodeOf('b1'))).toMatchObject({
      fits: false,
      couldPreempt: false,
      reasons: ["node(s) didn't match pod affinity rules"],
      preemption: ['Preemption is not helpful for scheduling'],
      message: 'no pod there that its affinity asks for: app=db in the same zone',
    })
  })

  it('is not judged where the labels of a namespace are not known', () => {
    const byLabels = to(
      { app: 'db' },
      { namespaces: null, namespaceSelector: { matchLabels: { team: 'data' } } },
    )
    const fitter = new Fitter({
      daemonSet: daemonSetOf(affinity(byLabels)),
      pods: [db],
      nodes: all.map(nodeOf),
    })
    expect(fitter.judge(nodeOf('a1')).unknown).toEqual(['the labels of namespace other are not known'])
  })

  it('needs no labels of namespaces that all are chosen, and no others where they are known', () => {
    const unknownOf = (namespaceSelector: LabelSelector, namespaces?: FitterInput['namespaces']) => {
      const asked = affinity(to({ app: 'db' }, { namespaces: null, namespaceSelector }))
      const fitter = new Fitter({
        daemonSet: daemonSetOf(asked),
        pods: [db],
        nodes: all.map(nodeOf),
        namespaces,
      })
      return fitter.judge(nodeOf('a1')).unknown
    }
    expect(unknownOf({})).toEqual([])
    expect(unknownOf({ matchLabels: { team: 'data' } }, [{ metadata: { name: 'other' } }])).toEqual([])
  })
})

describe('anti-affinity', () => {
  it('of the pod: not where such pods are', () => {
    const answers = startOn(all, antiAffinity(to({ app: 'db' })), {
      pods: [podOf('db-0', 'a2', { app: 'db' })],
    })
    expect(started(answers)).toEqual(['b1', 'x'])
    expect(answers[0]).toBe('its anti-affinity keeps it from app=db in the same zone')
  })

  it('of the pod: those on a node that is in no domain keep it from nothing', () => {
    const answers = startOn(all, antiAffinity(to({ app: 'db' })), {
      pods: [podOf('db-0', 'x', { app: 'db' })],
    })
    expect(started(answers)).toEqual(all)
  })

  it('of lower priority is overcome by evicting them, in the scheduler’s words', () => {
    const fitter = new Fitter({
      daemonSet: daemonSetOf({ ...antiAffinity(to({ app: 'db' })), priority: 9 }),
      pods: [podOf('db-0', 'a2', { app: 'db' }, { priority: 1 })],
      nodes: all.map(nodeOf),
    })
    expect(fitter.judge(nodeOf('a2'))).toMatchObject({
      couldPreempt: true,
      reasons: ["node(s) didn't match pod anti-affinity rules"],
    })
    expect(fitter.judge(nodeOf('a1')).couldPreempt).toBe(false)
  })

  it('to its own kind: one in each domain', () => {
    const own = antiAffinity(to({ app: 'agent' }, { namespaces: null }))
    expect(started(startOn(all, own))).toEqual(['a1', 'b1', 'x'])
  })

  it('to its own revision: the old ones do not count', () => {
    const own = antiAffinity(
      to(
        { app: 'agent' },
        { namespaces: null, topologyKey: 'zone', matchLabelKeys: ['controller-revision-hash'] },
      ),
    )
    const old = {
      ...podOf('old', 'a2'),
      metadata: { name: 'old', namespace: 'n', labels: { app: 'agent', 'controller-revision-hash': '1' } },
    }
    expect(started(startOn(['a1', 'a2'], own, { pods: [old], revision: '2' }), ['a1', 'a2'])).toEqual(['a1'])
  })

  it('of those that are there: by name on the node, by domain elsewhere', () => {
    const shy = podOf(
      'shy',
      'a1',
      {},
      antiAffinity({ topologyKey: 'zone', namespaces: ['n'], labelSelector: {} }),
    )
    const answers = startOn(all, {}, { pods: [shy] })
    expect(answers).toEqual([
      'the anti-affinity of other/shy keeps it away',
      'the anti-affinity of a pod in the same zone (a) keeps it away',
      '',
      '',
    ])
  })

  it('of those that are there: each in the topology that it names', () => {
    const about = (topologyKey: string) => antiAffinity({ topologyKey, namespaces: ['n'], labelSelector: {} })
    const pods = [
      podOf('alone', 'a1', {}, about('kubernetes.io/hostname')),
      podOf('shy', 'b1', {}, about('zone')),
    ]
    expect(started(startOn(['a1', 'a2', 'b2'], {}, { pods }), ['a1', 'a2', 'b2'])).toEqual(['a2'])
    const fitter = new Fitter({ daemonSet: daemonSetOf({}), pods, nodes: all.map(nodeOf) })
    expect(fitter.judge(nodeOf('b1')).reasons).toEqual([
      "node(s) didn't satisfy existing pods anti-affinity rules",
    ])
  })

  it('of those that are there, if it is about other pods, matters not', () => {
    const shy = podOf('shy', 'a1', {}, antiAffinity(to({ app: 'shy' })))
    expect(started(startOn(all, {}, { pods: [shy] }))).toEqual(all)
  })

  it('is mended by evicting those of lower priority on the node', () => {
    const shy = podOf(
      'shy',
      'a1',
      {},
      { ...antiAffinity({ topologyKey: 'zone', namespaces: ['n'], labelSelector: {} }), priority: 1 },
    )
    expect(startOn(['a2', 'a1', 'a2'], { priority: 5 }, { pods: [shy] })).toEqual([
      'the anti-affinity of a pod in the same zone (a) keeps it away',
      'evicts shy',
      '',
    ])
  })
})
