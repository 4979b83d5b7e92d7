import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { planAdmitted } from '#controller/changes/admitted-plan.ts'
import { makesPod } from '#controller/changes/node-change.ts'
import { type AskedPod, askRules, podToAskAbout } from '#controller/changes/plan-admission.ts'
import { targetNodeOf } from '#controller/daemon-pod.ts'
import type { DaemonSet, JsonObject, Node, Pod } from '#kube/types.ts'
import type { ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { StatusError } from '#sandbox/api/status-errors.ts'
import { runs } from '../helpers/random-cases.ts'
import { begin, change, clock, cluster, create, manager, pods } from '../helpers/simulation.ts'

/*
 * What a plan says of each node is what the sandbox has come to once it is applied: bound, pending or refused, and who was
 * evicted; by the rules over what a dump would hold, and by the server's own word in a dry run.
 */
const filler = fc.record({
  cpu: fc.constantFrom(1, 1, 2),
  priority: fc.constantFrom(undefined, 'low', 'middle', 'top'),
  guarded: fc.boolean(),
})

const nodeKind = fc.record({
  cpu: fc.constantFrom(1, 2, 3, 4),
  fillers: fc.array(filler, { maxLength: 4 }),
  /** How many guarded pods of this node must stay. */
  minAvailable: fc.constantFrom(0, 0, 1, 2),
})

const classes = { low: -5, middle: 100, high: 1000, top: 5000 }
const unlimited = [
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%', maxSurge: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '100%' } },
]
const limited = [
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
]

const scenario = fc.record({
  nodes: fc.array(nodeKind, { minLength: 1, maxLength: 4 }),
  cpu: fc.constantFrom(1, 2, 3),
  priority: fc.constantFrom(undefined, 'low', 'middle', 'high', 'high', 'polite', 'absent'),
  account: fc.constantFrom(undefined, undefined, undefined, 'absent', 'there'),
  privileged: fc.constantFrom(false, false, true),
  enforce: fc.constantFrom(undefined, undefined, 'baseline', 'restricted'),
  /** How many pods of its namespace there may be. */
  quota: fc.constantFrom(undefined, undefined, undefined, 0, 1, 2, 3, 4, 5),
  /** Most that a container may ask for. */
  most: fc.constantFrom(undefined, undefined, '2'),
  /** It runs already, with less. */
  runs: fc.boolean(),
  strategy: fc.constantFrom(...unlimited, ...limited),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

const requests = (cpu: number | string) => ({ requests: { cpu: String(cpu) } })

const nodeOf = (cpu: number, at: number): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${at}`, labels: { 'kubernetes.io/hostname': `n${at}` } },
    status: {
      allocatable: { cpu: String(cpu), memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }) as Node

function daemonSetOf(given: Scenario, old: boolean): JsonObject {
  const { account, cpu, priority, privileged, strategy } = given
  const more = {
    ...(priority === undefined ? {} : { priorityClassName: priority }),
    ...(account === undefined ? {} : { serviceAccountName: account }),
  }
  const container = {
    name: 'c',
    image: old ? 'i:1' : 'i:2',
    resources: requests(old ? '100m' : cpu),
    securityContext: { privileged },
  }
  return {
    metadata: { name: 'agent', namespace: 'home' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      updateStrategy: strategy,
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: old
          ? { containers: [{ ...container, securityContext: {} }] }
          : { containers: [container], ...more },
      },
    } as unknown as JsonObject,
  }
}

/** A cluster before the apply. */
function settle(given: Scenario): void {
  begin({ objects: given.nodes.map(({ cpu }, at) => nodeOf(cpu, at)) })
  create(types.namespaces, undefined, { metadata: { name: 'home' } })
  clock.advance(1000)
  create(types.serviceAccounts, 'home', { metadata: { name: 'there' } })
  for (const [name, value] of Object.entries(classes))
    create(types.priorityClasses, undefined, { metadata: { name }, value })
  const polite = { metadata: { name: 'polite' }, value: 1000, preemptionPolicy: 'Never' }
  create(types.priorityClasses, undefined, polite)
  given.nodes.forEach(({ cpu, fillers, minAvailable }, at) => {
    let room = cpu
    fillers.forEach((each, number) => {
      room -= each.cpu
      if (room < 0) return
      clock.advance(1000)
      create(types.pods, 'default', {
        metadata: { name: `f${at}-${number}`, labels: each.guarded ? { guard: `g${at}` } : {} },
        spec: {
          nodeName: `n${at}`,
          containers: [{ name: 'c', image: 'i', resources: requests(each.cpu) }],
          ...(each.priority === undefined ? {} : { priorityClassName: each.priority }),
        },
      })
    })
    create(types.podDisruptionBudgets, 'default', {
      metadata: { name: `g${at}` },
      spec: { minAvailable, selector: { matchLabels: { guard: `g${at}` } } },
    })
  })
  if (given.runs) create(types.daemonSets, 'home', daemonSetOf(given, true))
  clock.advance(60_000)
  if (given.most !== undefined) {
    const limits = [{ type: 'Container', max: { cpu: given.most } }]
    create(types.limitRanges, 'home', { metadata: { name: 'l' }, spec: { limits } })
  }
  if (given.quota !== undefined)
    create(types.resourceQuotas, 'home', {
      metadata: { name: 'q' },
      spec: { hard: { pods: String(given.quota) } },
    })
  clock.advance(1000)
  if (given.enforce !== undefined) {
    const labels = { 'pod-security.kubernetes.io/enforce': given.enforce }
    change(types.namespaces, undefined, 'home', (old) => ({
      ...old,
      metadata: { ...(old.metadata as JsonObject), labels },
    }))
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each kind is read as its own type.
const all = (type: ResourceType): any[] => [...cluster.store.collection(type).values()]

/** The server's word on a pod of the DaemonSet. */
function askServer(daemonSet: DaemonSet): AskedPod {
  const pod = podToAskAbout(daemonSet, 'n0') as unknown as JsonObject
  try {
    const { object } = cluster.registry.create(types.pods, 'home', pod, { manager, dryRun: true })
    return { source: 'server', unjudged: [], answer: { allowed: true, pod: object as unknown as JsonObject } }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { source: 'server', unjudged: [], answer: { allowed: false, message: error.message } }
  }
}

function planned(given: Scenario, live: boolean) {
  const daemonSet = storedDaemonSet(daemonSetOf(given, false) as DaemonSet, 'home')
  const inHome = (type: ResourceType) => all(type).filter(({ metadata }) => metadata.namespace === 'home')
  const namespaces = all(types.namespaces)
  const objects = {
    namespace: namespaces.find(({ metadata }) => metadata.name === 'home'),
    priorityClasses: all(types.priorityClasses),
    serviceAccounts: inHome(types.serviceAccounts),
    runtimeClasses: [],
    limitRanges: inHome(types.limitRanges),
    resourceQuotas: inHome(types.resourceQuotas),
  }
  const scene = {
    daemonSet,
    nodes: all(types.nodes),
    pods: all(types.pods),
    daemonSets: all(types.daemonSets),
    revisions: all(types.controllerRevisions),
    priorityClasses: objects.priorityClasses,
    disruptionBudgets: all(types.podDisruptionBudgets),
    namespaces,
    now: clock.now(),
  }
  return planAdmitted(scene, { asked: live ? askServer(daemonSet) : askRules(daemonSet, objects), objects })
}

function apply(given: Scenario): void {
  const next = daemonSetOf(given, false)
  if (given.runs) change(types.daemonSets, 'home', 'agent', (old) => ({ ...old, spec: next.spec ?? {} }))
  else create(types.daemonSets, 'home', next)
  clock.advance(3_600_000)
}

const ofAgent = () => pods().filter(({ metadata }) => metadata.labels?.app === 'agent')
const isNew = ({ spec }: Pod) => spec?.containers?.[0]?.image === 'i:2'
/** Not the old pods of its own, which a surge may evict before the controller deletes them. */
const isFiller = (name: string) => /^f\d/.test(name)
const fillerNames = () =>
  pods()
    .map(({ metadata }) => metadata.name)
    .filter(isFiller)
    .sort()

describe('what a plan says comes true in the sandbox', () => {
  it('bound, pending, refused and evicted', () => {
    const seen = { refused: 0, limited: 0, unplaceable: 0, evicted: 0, fine: 0, lost: 0 }
    fc.assert(
      fc.property(scenario, fc.boolean(), (given, live) => {
        settle(given)
        const before = fillerNames()
        const { admission, present } = planned(given, live)
        apply(given)
        const found = ofAgent().filter(({ metadata }) => !metadata.deletionTimestamp)
        const gone = before.filter((name) => !fillerNames().includes(name))
        const told = present.changes.flatMap(({ fit }) => fit?.evicts.map(({ name }) => name) ?? [])
        if (!admission.allowed) {
          seen.refused++
          seen.lost += admission.old?.lost ?? 0
          const fresh = found.filter(isNew)
          if (present.totals.unplaceable > 0 && given.runs) return
          expect(fresh).toHaveLength(admission.letIn)
          expect(found.length - fresh.length).toBe(admission.old?.kept ?? 0)
          expect(told).toEqual(expect.arrayContaining(gone))
          expect(admission.letIn > 0 || gone.length === 0).toBe(true)
          if (admission.letIn > 0) seen.limited++
          return
        }
        // A budget stops where the first pod does not become available, and so does a quota that has room for some at a time:
        // which one that is, is left to chance.
        const bounded = given.quota !== undefined || limited.some((one) => one === given.strategy)
        if (present.totals.unplaceable > 0 && given.runs && bounded) return
        expect(gone).toEqual(told.filter(isFiller).sort())
        seen.evicted += gone.length
        for (const change of present.changes) {
          const here = found.filter(
            (pod) => targetNodeOf(pod) === change.node || pod.spec?.nodeName === change.node,
          )
          const fresh = here.filter(isNew)
          const bound = fresh.filter((pod) => pod.spec?.nodeName === change.node)
          const isPending = change.change === 'unplaceable'
          seen[isPending ? 'unplaceable' : 'fine']++
          expect([change.node, fresh.length, bound.length]).toEqual([
            change.node,
            makesPod(change) ? 1 : 0,
            makesPod(change) && !isPending ? 1 : 0,
          ])
        }
      }),
      runs(300),
    )
    for (const [what, times] of Object.entries(seen)) expect({ what, times }).not.toEqual({ what, times: 0 })
  })
})
