import fc from 'fast-check'
import { expect, it } from 'vitest'
import { askRules } from '#controller/changes/plan-admission.ts'
import { targetNodeOf } from '#controller/daemon-pod.ts'
import { editNodes, type NodeEdit, type NodesEdit, newNodes } from '#controller/what-if/node-edits.ts'
import type { EffectKind } from '#controller/what-if/types.ts'
import { whatIf } from '#controller/what-if/what-if.ts'
import { controllerOf } from '#kube/owners.ts'
import type { JsonObject, Node, Pod, Toleration } from '#kube/types.ts'
import { secondsToStay } from '#placement/eviction.ts'
import type { ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { longest, runs } from '../../helpers/random-cases.ts'
import { begin, change, clock, cluster, create, manager, pods, taintNode } from '../../helpers/simulation.ts'

/*
 * What is said of nodes that change comes true in the sandbox when they do: taints, labels, cordons, nodes that go and come.
 */
const taints = [
  { key: 'k', value: 'a', effect: 'NoExecute' },
  { key: 'k', value: 'b', effect: 'NoSchedule' },
  { key: 'm', effect: 'NoExecute' },
  { key: 'm', effect: 'PreferNoSchedule' },
  { key: 'gone', effect: 'NoSchedule' },
]

const tolerations: readonly JsonObject[][] = [
  [],
  [],
  [{ key: 'k', operator: 'Exists' }],
  [{ key: 'k', operator: 'Equal', value: 'a', effect: 'NoExecute' }],
  [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }],
  [{ key: 'm', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }],
  [{ operator: 'Exists' }],
]

const daemonSetKind = fc.record({
  selects: fc.constantFrom(undefined, undefined, { pool: 'a' }, { pool: 'b' }),
  tolerates: fc.constantFrom(...tolerations),
  cpu: fc.constantFrom('100m', '1', '2'),
  /** Its pods do not tolerate yet what its template does. */
  outdated: fc.boolean(),
  strategy: fc.constantFrom<JsonObject>(
    { type: 'OnDelete' },
    { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2, maxSurge: 0 } },
    { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  ),
})
const nodeKind = fc.record({
  pool: fc.constantFrom('a', 'b', undefined),
  cpu: fc.constantFrom('1', '2', '4'),
  taints: fc.uniqueArray(fc.constantFrom(...taints), {
    maxLength: 2,
    selector: ({ key, effect }) => key + effect,
  }),
  /** It is tainted once pods are there. */
  later: fc.boolean(),
  /** A pod of nobody, and what it takes. */
  filler: fc.constantFrom(undefined, undefined, '1'),
})
const edit = fc.oneof(
  fc.constantFrom(...taints).map((taint): NodeEdit => ({ kind: 'taint', taint })),
  fc.constantFrom(...taints).map(({ key, effect }): NodeEdit => ({ kind: 'untaint', key, effect })),
  fc.constantFrom('k', 'm').map((key): NodeEdit => ({ kind: 'untaint', key })),
  fc.constantFrom('a', 'b', null).map((value): NodeEdit => ({ kind: 'label', key: 'pool', value })),
  fc.constant<NodeEdit>({ kind: 'cordon' }),
  fc.constant<NodeEdit>({ kind: 'remove' }),
)

const scenario = fc.record({
  nodes: fc.array(nodeKind, { minLength: 1, maxLength: 4 }),
  daemonSets: fc.array(daemonSetKind, { minLength: 1, maxLength: 3 }),
  edits: fc.array(fc.record({ edit, at: fc.subarray([0, 1, 2, 3], { minLength: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  add: fc.constantFrom(0, 0, 2),
  quota: fc.constantFrom(undefined, undefined, undefined, 2, 4),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

const nodeOf = ({ pool, cpu, later, taints: of }: Scenario['nodes'][number], at: number): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${at}`, labels: pool ? { pool } : {} },
    spec: { taints: later ? [] : of },
    status: {
      allocatable: { cpu, memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }) as Node

const isOutdated = ({ outdated, strategy }: Scenario['daemonSets'][number]) =>
  outdated && strategy.type === 'OnDelete'

const daemonSetOf = (
  { selects, tolerates, cpu, strategy }: Scenario['daemonSets'][number],
  at: number,
): JsonObject => ({
  metadata: { name: `d${at}`, namespace: 'home' },
  spec: {
    selector: { matchLabels: { app: `d${at}` } },
    updateStrategy: strategy,
    template: {
      metadata: { labels: { app: `d${at}` } },
      spec: {
        ...(selects && { nodeSelector: selects }),
        tolerations: tolerates,
        priorityClassName: `p${at}`,
        containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }],
      },
    },
  },
})

function settle(given: Scenario): void {
  begin({ objects: given.nodes.map(nodeOf) })
  create(types.namespaces, undefined, { metadata: { name: 'home' } })
  for (const [at] of given.daemonSets.entries())
    create(types.priorityClasses, undefined, { metadata: { name: `p${at}` }, value: 1000 - at })
  create(types.priorityClasses, undefined, { metadata: { name: 'filler' }, value: 5000 })
  given.nodes.forEach(({ filler }, at) => {
    if (!filler) return
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: filler } } }]
    const tolerates = [{ operator: 'Exists' }]
    const spec = { nodeName: `n${at}`, containers, tolerations: tolerates, priorityClassName: 'filler' }
    create(types.pods, 'default', { metadata: { name: `f${at}` }, spec })
  })
  for (const one of given.daemonSets.map(daemonSetOf)) create(types.daemonSets, 'home', one)
  clock.advance(100_000)
  given.nodes.forEach((node, at) => {
    if (node.later) taintNode(`n${at}`, node.taints as JsonObject[])
  })
  given.daemonSets.forEach((one, at) => {
    if (!isOutdated(one)) return
    const tolerant = daemonSetOf({ ...one, tolerates: [{ operator: 'Exists' }] }, at)
    change(types.daemonSets, 'home', `d${at}`, (old) => ({ ...old, spec: tolerant.spec as JsonObject }))
  })
  clock.advance(100_000)
  if (given.quota !== undefined)
    create(types.resourceQuotas, 'home', {
      metadata: { name: 'q' },
      spec: { hard: { pods: String(given.quota) } },
    })
  clock.advance(1000)
}

// biome-ignore lint/suspicious/noExplicitAny: each kind is read as its own type.
const all = (type: ResourceType): any[] => [...cluster.store.collection(type).values()]

const nodesOfEdit = (given: Scenario): NodesEdit[] =>
  given.edits.map((one) => ({
    edit: one.edit,
    nodes: one.at.filter((at) => at < given.nodes.length).map((at) => `n${at}`),
  }))

function asked(given: Scenario) {
  const objects = {
    namespace: all(types.namespaces).find(({ metadata }) => metadata.name === 'home'),
    priorityClasses: all(types.priorityClasses),
    serviceAccounts: undefined,
    runtimeClasses: [],
    limitRanges: [],
    resourceQuotas: all(types.resourceQuotas),
  }
  const present: Node[] = all(types.nodes)
  const edits = nodesOfEdit(given)
  const added = newNodes(given.add, { like: present[0], labels: {}, taints: [], allocatable: {} }, present)
  const answer = whatIf({
    nodes: present,
    pods: all(types.pods),
    daemonSets: all(types.daemonSets),
    revisions: all(types.controllerRevisions),
    namespaces: all(types.namespaces),
    priorityClasses: all(types.priorityClasses),
    disruptionBudgets: [],
    now: clock.now(),
    edits,
    added,
    ask: (daemonSet) => ({ asked: askRules(daemonSet, objects), objects }),
  })
  return { answer, added, edits, present }
}

/** As kubectl would do it. */
function doIt(present: readonly Node[], edits: readonly NodesEdit[], added: readonly Node[]): void {
  const after = new Map(editNodes(present, edits).map((node) => [node.metadata?.name, node]))
  for (const { metadata } of present) {
    const name = metadata?.name ?? ''
    const next = after.get(name)
    if (!next) {
      cluster.registry.delete(types.nodes, undefined, name, {})
      continue
    }
    change(types.nodes, undefined, name, (old) => ({
      ...old,
      metadata: { ...(old.metadata as JsonObject), labels: (next.metadata?.labels ?? {}) as JsonObject },
      spec: next.spec as unknown as JsonObject,
    }))
  }
  for (const node of added) {
    const body = { ...node, status: { allocatable: node.status?.allocatable } }
    cluster.registry.create(types.nodes, undefined, body as unknown as JsonObject, { manager })
  }
  clock.advance(200_000)
}

interface Found {
  readonly uid: string
  readonly bound: boolean
}

function found(): Map<string, Found[]> {
  const byPlace = new Map<string, Found[]>()
  for (const pod of pods() as Pod[]) {
    if (controllerOf(pod)?.kind !== 'DaemonSet' || pod.metadata?.deletionTimestamp) continue
    const place = `${controllerOf(pod)?.name} ${targetNodeOf(pod)}`
    const one = { uid: pod.metadata?.uid ?? '', bound: Boolean(pod.spec?.nodeName) }
    byPlace.set(place, [...(byPlace.get(place) ?? []), one])
  }
  return byPlace
}

/** Where pods were evicted again and again before anybody did anything. */
const evictedAgain = (given: Scenario): Set<string> =>
  new Set(
    given.daemonSets.flatMap(({ tolerates }, at) =>
      given.nodes.flatMap((node, on) =>
        Number.isFinite(
          secondsToStay(
            { spec: { tolerations: tolerates as Toleration[] } },
            nodeOf({ ...node, later: false }, on),
          ),
        )
          ? [`d${at} n${on}`]
          : [],
      ),
    ),
  )

/** How pods before and after compare. */
function seen(before: readonly Found[], after: readonly Found[]): string {
  const [old, now] = [before[0], after[0]]
  if (after.length > 1) return 'several'
  if (!now) return 'none'
  if (!now.bound) return 'pending'
  return old?.bound && old.uid === now.uid ? 'same' : 'new'
}

/** What may be seen of each effect. */
const comesTo: Readonly<Record<EffectKind | 'nothing', readonly string[]>> = {
  refused: ['none', 'new'],
  unplaceable: ['pending'],
  delete: ['none'],
  restart: ['new'],
  'evict-again': ['new', 'none', 'pending'],
  leftover: ['same', 'pending'],
  create: ['new'],
  kept: ['same'],
  'not-targeted': ['none'],
  nothing: [],
}

it(
  'what is said of changed nodes comes true in the sandbox',
  () => {
    const told = new Map<string, number>()
    fc.assert(
      fc.property(scenario, (given) => {
        settle(given)
        const before = found()
        const comeAndGo = evictedAgain(given)
        const { answer, added, edits, present } = asked(given)
        const after = new Set(answer.nodes.map(({ metadata }) => metadata?.name))
        doIt(present, edits, added)
        const now = found()
        const others = all(types.pods).filter((pod) => pod.metadata.name.startsWith('f')).length
        expect(given.nodes.filter(({ filler }) => filler).length - others).toBe(answer.otherPods)
        const limited = answer.daemonSets.some(({ admission }) => !admission.allowed)
        for (const { daemonSet, effects } of answer.daemonSets) {
          const byNode = new Map(effects.map((effect) => [effect.node, effect]))
          for (const node of new Set([...present.map(({ metadata }) => metadata?.name ?? ''), ...after])) {
            const place = `${daemonSet.name} ${node}`
            const kind = byNode.get(node ?? '')?.kind
            told.set(kind ?? 'nothing', (told.get(kind ?? 'nothing') ?? 0) + 1)
            const [old, next] = [before.get(place) ?? [], now.get(place) ?? []]
            const same = old.length === 0 ? 'none' : old[0]?.bound ? 'same' : 'pending'
            const outcome = seen(old, next)
            // Who gets the room and the quota that a pod of another gives up is left to chance.
            if (limited && ['new', 'none', 'pending'].includes(outcome)) continue
            // Nobody tells the controller that a node is gone: it deletes a pod that waits for it when it looks next.
            if (kind === 'delete' && outcome === 'pending' && !after.has(node)) continue
            // A pod of an old template may find room, but it is not looked at: nobody says what it asks for.
            const at = Number(daemonSet.name.slice(1))
            if (same === 'pending' && isOutdated(given.daemonSets[at] as Scenario['daemonSets'][number]))
              continue
            if (!kind && comeAndGo.has(place)) continue
            // Pods that are evicted again and again hold room at one moment and give it up at the next.
            const restless = given.daemonSets.some((_, other) => comeAndGo.has(`d${other} ${node}`))
            if (kind === 'unplaceable' && restless) continue
            expect({ place, kind, old, outcome }).toEqual({
              place,
              kind,
              old,
              outcome: (kind ? comesTo[kind] : [same]).includes(outcome) ? outcome : (kind ?? same),
            })
          }
        }
      }),
      runs(120),
    )
    for (const kind of ['nothing', 'create', 'delete', 'unplaceable', 'refused'])
      expect({ kind, times: told.get(kind) ?? 0 }).not.toEqual({ kind, times: 0 })
  },
  longest,
)
