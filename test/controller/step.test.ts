import { describe, expect, it } from 'vitest'
import { step } from '#controller/step.ts'
import type { StepInput } from '#controller/step-input.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { isoTime } from './cluster.ts'

const now = Date.parse('2026-01-01T12:00:00Z')
const hashLabel = 'controller-revision-hash'
const owner = { kind: 'DaemonSet', uid: 'ds', controller: true }

function daemonSet(rollingUpdate: object = { maxUnavailable: 1, maxSurge: 0 }, more: object = {}): DaemonSet {
  return {
    metadata: {
      name: 'a',
      namespace: 'n',
      uid: 'ds',
      generation: 4,
      annotations: { 'deprecated.daemonset.template.generation': '3' },
    },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate },
      revisionHistoryLimit: 10,
      ...more,
    },
  }
}

const node = (name: string, effect?: string): Node => ({
  metadata: { name },
  spec: effect ? { taints: [{ key: 'k', effect }] } : {},
})

interface PodFacts {
  readonly hash?: string
  readonly generation?: string
  readonly ageSeconds?: number
  readonly readySeconds?: number
  readonly phase?: string
  readonly deleting?: boolean
  readonly unbound?: boolean
  readonly labels?: Record<string, string>
  readonly owned?: boolean
}

/** A pod of the DaemonSet that has been ready for an hour, unless told otherwise; `readySeconds: -1` is not ready. */
function pod(name: string, on: string, facts: PodFacts = {}): Pod {
  const { hash = 'new', generation = '', ageSeconds = 7200, readySeconds = 3600, phase = 'Running' } = facts
  const ready = {
    type: 'Ready',
    status: readySeconds < 0 ? 'False' : 'True',
    lastTransitionTime: isoTime(now - readySeconds * 1000),
  }
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [on] }] }
  const required = { nodeSelectorTerms: [term] }
  return {
    metadata: {
      name,
      namespace: 'n',
      labels: facts.labels ?? {
        app: 'a',
        'controller-revision-hash': hash,
        'pod-template-generation': generation,
      },
      ownerReferences: facts.owned === false ? [] : [owner],
      creationTimestamp: isoTime(now - ageSeconds * 1000),
      ...(facts.deleting && { deletionTimestamp: isoTime(now) }),
    },
    spec: facts.unbound
      ? { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }
      : { nodeName: on },
    status: { phase, conditions: [ready] },
  }
}

function sync(input: Partial<StepInput>) {
  const result = step({
    daemonSet: daemonSet(),
    revisions: [],
    nodes: [],
    pods: [],
    now,
    hashFor: () => 'new',
    ...input,
  })
  const pods = result.actions.flatMap((action) => {
    if (action.kind === 'CreatePod') return [`+${action.node} ${action.reason}`]
    if (action.kind === 'DeletePod') return [`-${action.name} ${action.reason}`]
    return action.kind === 'AdoptPod' || action.kind === 'ReleasePod' ? [`${action.kind} ${action.name}`] : []
  })
  return { ...result, pods }
}

const surge = daemonSet({ maxUnavailable: 0, maxSurge: 1 })

describe('one pod a node', () => {
  it('makes a pod where one should run and none is', () => {
    const { pods } = sync({ nodes: [node('n1'), node('n2', 'NoSchedule')] })
    expect(pods).toEqual(['+n1 missing'])
  })

  it('waits for a terminating pod to be gone, but not with surge', () => {
    const world = { nodes: [node('n1')], pods: [pod('p', 'n1', { deleting: true })] }
    expect(sync(world).pods).toEqual([])
    expect(sync({ ...world, daemonSet: surge }).pods).toEqual(['+n1 missing'])
  })

  it('does not wait for a pod that has ended and is being deleted', () => {
    const pods = [pod('p', 'n1', { deleting: true, phase: 'Failed' })]
    expect(sync({ nodes: [node('n1')], pods }).pods).toEqual(['+n1 missing'])
  })

  it('removes failed and succeeded pods, to make new ones afterwards', () => {
    const pods = [pod('p1', 'n1', { phase: 'Failed' }), pod('p2', 'n2', { phase: 'Succeeded' })]
    expect(sync({ nodes: [node('n1'), node('n2')], pods }).pods).toEqual(['-p1 failed', '-p2 succeeded'])
  })

  it('keeps the oldest of several, one that has its node before one that has not', () => {
    const pods = [
      pod('young', 'n1', { ageSeconds: 10 }),
      pod('old', 'n1', { ageSeconds: 500 }),
      pod('older-unbound', 'n1', { ageSeconds: 900, unbound: true }),
    ]
    expect(sync({ nodes: [node('n1')], pods }).pods).toEqual(['-young duplicate', '-older-unbound duplicate'])
  })

  it('leaves a pod under a NoSchedule taint and removes one under NoExecute', () => {
    const nodes = [node('n1', 'NoSchedule'), node('n2', 'NoExecute')]
    const result = sync({ nodes, pods: [pod('p1', 'n1'), pod('p2', 'n2')] })
    expect(result.pods).toEqual(['-p2 not-allowed'])
    expect(result.status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 2 })
  })

  it('removes pods that wait for a node that is gone, and leaves those that ran there', () => {
    const pods = [pod('waits', 'gone', { unbound: true }), pod('ran', 'gone')]
    expect(sync({ pods }).pods).toEqual(['-waits node-gone'])
  })

  it('heeds tolerations that compare numbers, where the server does', () => {
    const tolerations = [{ key: 'k', operator: 'Gt', value: '3', effect: 'NoExecute' }]
    const given = daemonSet()
    const template = { ...given.spec?.template, spec: { tolerations } }
    const input = {
      daemonSet: { ...given, spec: { ...given.spec, template } },
      nodes: [
        { metadata: { name: 'n1' }, spec: { taints: [{ key: 'k', value: '5', effect: 'NoExecute' }] } },
      ],
    }
    expect(sync(input).pods).toEqual([])
    expect(sync({ ...input, comparisonOperators: true }).pods).toEqual(['+n1 missing'])
  })

  it('passes over pods that are meant for no node', () => {
    const stray = { ...pod('p', 'n1'), spec: {} }
    expect(sync({ nodes: [node('n1')], pods: [stray] }).pods).toEqual(['+n1 missing'])
  })

  it('sends at most 250 creations and 250 deletions', () => {
    const nodes = Array.from({ length: 600 }, (_, index) =>
      node(`n${index}`, index < 300 ? 'NoExecute' : undefined),
    )
    const pods = nodes.slice(0, 300).map((one) => pod(`p-${one.metadata?.name}`, one.metadata?.name ?? ''))
    const { actions } = sync({ nodes, pods })
    expect(actions.filter((action) => action.kind === 'CreatePod')).toHaveLength(250)
    expect(actions.filter((action) => action.kind === 'DeletePod')).toHaveLength(250)
  })

  it('sends the first of them', () => {
    const nodes = ['n1', 'n2', 'n3', 'n4'].map((name) => node(name, name > 'n2' ? 'NoExecute' : undefined))
    const pods = [pod('p3', 'n3'), pod('p4', 'n4')]
    expect(sync({ nodes, pods, burst: 1 }).pods).toEqual(['+n1 missing', '-p3 not-allowed'])
  })
})

describe('why a pod is made or removed', () => {
  const messages = (input: Partial<StepInput>) =>
    sync(input).actions.flatMap((action) =>
      action.kind === 'CreatePod' || action.kind === 'DeletePod' ? [action.message] : [],
    )
  const old = { hash: 'old' }
  const young = { ageSeconds: 60 }
  const n1 = [node('n1')]

  it.each<[string, Partial<StepInput>, string]>([
    ['none there', { nodes: n1 }, 'n1: should run a pod and has none'],
    [
      'failed',
      { nodes: n1, pods: [pod('p', 'n1', { phase: 'Failed' })] },
      'p on n1: has failed, another one will take its place',
    ],
    [
      'ended',
      { nodes: n1, pods: [pod('p', 'n1', { phase: 'Succeeded' })] },
      'p on n1: has ended, another one will take its place',
    ],
    [
      'one too many',
      { nodes: n1, pods: [pod('p', 'n1', young), pod('q', 'n1')] },
      'p on n1: the node has more than one pod, the oldest stays',
    ],
    [
      'not allowed',
      { nodes: [node('n1', 'NoExecute')], pods: [pod('p', 'n1')] },
      'p on n1: the node does not take pods of this DaemonSet any more',
    ],
    ['no node', { pods: [pod('p', 'n1', { unbound: true })] }, 'p on n1: its node does not exist any more'],
    [
      'outdated and not available',
      { nodes: n1, pods: [pod('p', 'n1', { ...old, readySeconds: -1 })] },
      'p on n1: is of an old revision and not available, it is replaced outside the budget',
    ],
    [
      'outdated',
      { nodes: n1, pods: [pod('p', 'n1', old)] },
      'p on n1: is of an old revision, it is replaced within maxUnavailable',
    ],
    [
      'surge beside a pod that is not available',
      { daemonSet: surge, nodes: n1, pods: [pod('p', 'n1', { ...old, readySeconds: -1 })] },
      'n1: its old pod is not available, a new one comes at once',
    ],
    [
      'surge',
      { daemonSet: surge, nodes: n1, pods: [pod('p', 'n1', old)] },
      'n1: a new pod comes up beside the old one, within maxSurge',
    ],
    [
      'superseded',
      { daemonSet: surge, nodes: n1, pods: [pod('p', 'n1', old), pod('q', 'n1', young)] },
      'p on n1: the pod of the new revision takes over',
    ],
    [
      'left over',
      { daemonSet: surge, nodes: [node('n1', 'NoSchedule')], pods: [pod('p', 'n1', old)] },
      'p on n1: the node would not get a pod again',
    ],
  ])('%s', (_, input, message) => {
    expect(messages(input)).toEqual([message])
  })
})

describe('a sync that sees at once what it does', () => {
  const ownWritesVisible = true

  it('counts the pods that it has made, and not those that it has deleted', () => {
    const nodes = [node('n1'), node('n2', 'NoExecute')]
    const result = sync({ nodes, pods: [pod('p', 'n2')], ownWritesVisible })
    expect(result.pods).toEqual(['+n1 missing', '-p not-allowed'])
    expect(result.status).toMatchObject({
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      updatedNumberScheduled: 1,
      numberReady: 0,
      numberUnavailable: 1,
      numberMisscheduled: 0,
    })
  })

  it('goes on to the rolling update, in which they count', () => {
    const nodes = [node('n1'), node('n2'), node('n3', 'NoExecute')]
    const pods = [pod('p2', 'n2', { hash: 'old' }), pod('p3', 'n3', { hash: 'old' })]
    const result = sync({ nodes, pods, ownWritesVisible })
    expect(result.pods).toEqual(['+n1 missing', '-p3 not-allowed'])
    expect(result.budget?.used).toEqual([{ node: 'n1', pod: '', cause: 'new-unavailable' }])
    const two = daemonSet({ maxUnavailable: 2, maxSurge: 0 })
    expect(sync({ daemonSet: two, nodes, pods, ownWritesVisible }).pods).toEqual([
      '+n1 missing',
      '-p3 not-allowed',
      '-p2 outdated',
    ])
    expect(sync({ daemonSet: two, nodes, pods, ownWritesVisible }).status).toMatchObject({
      currentNumberScheduled: 1,
    })
  })

  it('removes every pod of a node that is one too many', () => {
    const pods = [pod('a', 'n1'), pod('b', 'n1', { ageSeconds: 5 }), pod('c', 'n1', { ageSeconds: 6 })]
    const result = sync({ nodes: [node('n1', 'NoExecute')], pods, ownWritesVisible })
    expect(result.pods).toEqual(['-a not-allowed', '-b not-allowed', '-c not-allowed'])
    expect(result.status.numberMisscheduled).toBe(0)
  })

  it('keeps the pod beside one that it has deleted', () => {
    const pods = [pod('a', 'n1'), pod('b', 'n1', { ageSeconds: 5, hash: 'old' })]
    const result = sync({ nodes: [node('n1')], pods, ownWritesVisible })
    expect(result.pods).toEqual(['-b duplicate'])
    expect(result.status).toMatchObject({ currentNumberScheduled: 1, updatedNumberScheduled: 1 })
  })

  it('leaves the nodes and pods that it was given as they are', () => {
    const input = { nodes: [node('n1')], pods: [pod('a', 'n1'), pod('b', 'n1')] }
    const before = structuredClone(input)
    sync({ ...input, ownWritesVisible })
    expect(input).toEqual(before)
  })
})

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

describe('rolling update', () => {
  const three = [node('n1'), node('n2'), node('n3')]
  const aged = (hash: string) => ['n1', 'n2', 'n3'].map((name) => pod(`p-${name}`, name, { hash }))

  it('replaces as many old pods as may be unavailable', () => {
    expect(sync({ nodes: three, pods: aged('old') }).pods).toEqual(['-p-n1 outdated'])
    const half = daemonSet({ maxUnavailable: '50%', maxSurge: 0 })
    expect(sync({ daemonSet: half, nodes: three, pods: aged('old') }).pods).toEqual([
      '-p-n1 outdated',
      '-p-n2 outdated',
    ])
  })

  it('says what uses up the budget', () => {
    const pods = [
      pod('new', 'n1', { readySeconds: -1 }),
      pod('going', 'n2', { hash: 'old', deleting: true }),
      pod('p', 'n3', { hash: 'old' }),
    ]
    const result = sync({ nodes: three, pods })
    expect(result.pods).toEqual([])
    expect(result.budget).toEqual({
      rule: 'maxUnavailable',
      allowed: 1,
      configured: 1,
      used: [
        { node: 'n1', pod: 'new', cause: 'new-unavailable' },
        { node: 'n2', pod: 'going', cause: 'terminating' },
      ],
    })
  })

  it.each([
    ['v1.36.2', ['-p-n1 outdated-unavailable']],
    ['v1.30.6', ['-p-n1 outdated-unavailable']],
    ['v1.30.5', ['-p-n1 outdated-unavailable', '-p-n2 outdated']],
    ['v1.27.16', ['-p-n1 outdated-unavailable', '-p-n2 outdated']],
    ['v1.20.0', ['-p-n1 outdated-unavailable']],
  ])('on %s', (serverVersion, expected) => {
    const pods = [pod('p-n1', 'n1', { hash: 'old', readySeconds: -1 }), ...aged('old').slice(1)]
    expect(sync({ nodes: three, pods, serverVersion }).pods).toEqual(expected)
  })

  it('takes a pod for updated by hash or by template generation', () => {
    const pods = [
      pod('p1', 'n1', { hash: 'old', generation: '3' }),
      pod('p2', 'n2'),
      pod('p3', 'n3', { hash: 'old', generation: '2' }),
    ]
    const result = sync({ nodes: three, pods })
    expect(result.pods).toEqual(['-p3 outdated'])
    expect(result.status.updatedNumberScheduled).toBe(2)
  })

  it('counts no node that is gone', () => {
    const half = daemonSet({ maxUnavailable: '50%', maxSurge: 0 })
    const pods = [...aged('old').slice(0, 2), pod('q', 'gone')]
    expect(sync({ daemonSet: half, nodes: three.slice(0, 2), pods }).pods).toEqual(['-p-n1 outdated'])
  })

  it('takes both limits zero for one unavailable', () => {
    const given = daemonSet({ maxUnavailable: '0%', maxSurge: 0 })
    expect(sync({ daemonSet: given, nodes: three, pods: aged('old') }).pods).toEqual(['-p-n1 outdated'])
  })

  it('waits while pods are being made, until the next sync', () => {
    const pods = aged('old').slice(1)
    expect(sync({ daemonSet: daemonSet({ maxUnavailable: 3 }), nodes: three, pods }).pods).toEqual([
      '+n1 missing',
    ])
  })

  it('replaces nothing with OnDelete', () => {
    const given = daemonSet({}, { updateStrategy: { type: 'OnDelete' } })
    const result = sync({ daemonSet: given, nodes: three, pods: aged('old') })
    expect(result.pods).toEqual([])
    expect(result.budget).toBeUndefined()
  })

  it('with surge makes new pods beside old ones, and at once beside unavailable ones', () => {
    const pods = [pod('p1', 'n1', { hash: 'old', readySeconds: -1 }), ...aged('old').slice(1)]
    expect(sync({ daemonSet: surge, nodes: three, pods }).pods).toEqual([
      '+n1 surge-unavailable',
      '+n2 surge',
    ])
  })

  it('with surge removes the old pod once the new one is available, or as soon as the old one is not ready', () => {
    const pods = [
      pod('old1', 'n1', { hash: 'old' }),
      pod('new1', 'n1', { ageSeconds: 60, readySeconds: 30 }),
      pod('old2', 'n2', { hash: 'old', readySeconds: -1 }),
      pod('new2', 'n2', { ageSeconds: 60, readySeconds: -1 }),
      pod('old3', 'n3', { hash: 'old' }),
      pod('new3', 'n3', { ageSeconds: 60, readySeconds: -1 }),
    ]
    expect(sync({ daemonSet: surge, nodes: three, pods }).pods).toEqual([
      '-old1 superseded',
      '-old2 superseded',
    ])
  })

  it('with surge gives up over an old pod whose node is gone, and still writes the status', () => {
    const result = sync({
      daemonSet: surge,
      nodes: [node('n1')],
      pods: [pod('p', 'n1', { hash: 'old' }), pod('q', 'gone', { hash: 'old' })],
    })
    expect(result.pods).toEqual([])
    expect(result.error).toBe('node gone of an old pod does not exist')
    expect(result.statusChanged).toBe(true)
    expect(result.budget).toBeUndefined()
  })

  it('cleans up the history, unless it gives up', () => {
    const revision = (name: string, number: number) => ({
      metadata: { name, namespace: 'n', labels: { app: 'a', [hashLabel]: name }, ownerReferences: [owner] },
      data: { name },
      revision: number,
    })
    const revisions = [revision('one', 1), revision('two', 2)]
    const kinds = (maxUnavailable: string) =>
      sync({ daemonSet: daemonSet({ maxUnavailable }, { revisionHistoryLimit: 1 }), revisions }).actions.map(
        (action) => action.kind,
      )
    expect(kinds('1%')).toEqual(['CreateRevision', 'DeleteRevision'])
    expect(kinds('1')).toEqual(['CreateRevision'])
  })

  it('counts a ready pod as available after minReadySeconds only, and says when that will be', () => {
    const given = daemonSet({ maxUnavailable: 1, maxSurge: 0 }, { minReadySeconds: 30 })
    const pods = [
      pod('p1', 'n1', { readySeconds: 10 }),
      pod('p2', 'n2', { readySeconds: 30 }),
      pod('p3', 'n3'),
    ]
    const result = sync({ daemonSet: given, nodes: three, pods })
    expect(result.status).toMatchObject({ numberReady: 3, numberAvailable: 2, numberUnavailable: 1 })
    expect(result.requeueAfter).toBe(20_000)
    const sooner = [...pods, pod('p4', 'n2', { readySeconds: 25 }), pod('p5', 'n3', { readySeconds: -1 })]
    expect(sync({ daemonSet: given, nodes: three, pods: sooner }).requeueAfter).toBe(5000)
    expect(sync({ daemonSet: given, nodes: three, pods: pods.slice(1) }).requeueAfter).toBeUndefined()
    expect(sync({ nodes: three, pods })).not.toHaveProperty('requeueAfter')
    expect(sync({ nodes: three, pods: [pod('p1', 'n1', { readySeconds: -1 })] })).not.toHaveProperty('error')
    const ahead = { type: 'Ready', status: 'True', lastTransitionTime: isoTime(now + 5000) }
    const early = { ...pod('p1', 'n1'), status: { phase: 'Running', conditions: [ahead] } }
    expect(sync({ nodes: three, pods: [early] })).not.toHaveProperty('requeueAfter')
    const timeless = { ...pod('p4', 'n2'), status: { conditions: [{ type: 'Ready', status: 'True' }] } }
    expect(sync({ daemonSet: given, nodes: three, pods: [...pods, timeless] }).requeueAfter).toBe(20_000)
  })
})

describe('status', () => {
  const healthy = { nodes: [node('n1')], pods: [pod('p', 'n1')] }

  it('is complete, leaves zeros out where the wire does, and says that the generation was seen', () => {
    const { status } = sync(healthy)
    expect(status).toEqual({
      currentNumberScheduled: 1,
      numberMisscheduled: 0,
      desiredNumberScheduled: 1,
      numberReady: 1,
      observedGeneration: 4,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
    })
  })

  it('is not written again when it says the same', () => {
    const first = sync(healthy)
    expect(first.statusChanged).toBe(true)
    const again = { ...daemonSet(), status: first.status }
    expect(sync({ ...healthy, daemonSet: again }).statusChanged).toBe(false)
  })

  it('only counts while creations of an earlier sync are not seen', () => {
    const failedPodsBackoff = new Map([['n1', { delay: 1000, since: now }]])
    const result = sync({ nodes: [node('n1')], expectationsMet: false, failedPodsBackoff })
    expect(result.failedPodsBackoff).toEqual(failedPodsBackoff)
    expect(result.budget).toBeUndefined()
    expect(result.pods).toEqual([])
    expect(result.status).toMatchObject({ desiredNumberScheduled: 1, numberUnavailable: 1 })
    expect(result.status.observedGeneration).toBeUndefined()
  })
})

describe('waiting between failed pods', () => {
  const world = { nodes: [node('n1')], pods: [pod('p', 'n1', { phase: 'Failed' })] }

  it('replaces the first at once, the next after a second, then after two', () => {
    const first = sync({ ...world, failedPodsBackoff: new Map() })
    expect(first.pods).toEqual(['-p failed'])
    const soon = sync({ ...world, now: now + 400, failedPodsBackoff: first.failedPodsBackoff })
    expect(soon.pods).toEqual([])
    expect(soon.requeueAfter).toBe(600)
    const second = sync({ ...world, now: now + 1000, failedPodsBackoff: soon.failedPodsBackoff })
    expect(second.pods).toEqual(['-p failed'])
    expect(
      sync({ ...world, now: now + 2500, failedPodsBackoff: second.failedPodsBackoff }).requeueAfter,
    ).toBe(500)
  })
})
