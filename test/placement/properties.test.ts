import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelValue } from '#kube/requirements.ts'
import type { DaemonSet, Node, NodeSelectorRequirement } from '#kube/types.ts'
import {
  decide,
  decideAll,
  explain,
  explainAll,
  groupTitle,
  nearestMiss,
  prepareDaemonSet,
} from '#placement/placement.ts'
import { type PlanGroup, type PlannedNode, planPlacement } from '#placement/plan.ts'
import { verdictOf } from '#placement/planned-nodes.ts'
import { runs } from '../helpers/random-cases.ts'
import { daemonSet, node, withTerms } from './build.ts'

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 4 })
const word = fc.constantFrom('a', 'b', 'c', '', '5', '10', '-3', '9007199254740993', '9007199254740992')
/** Hosts, of which nearly each node has another. */
const host = fc.nat(30).map((n) => `h${n}`)
const size = fc.constantFrom('-1', '007', '+7', '8', '1e3', '9223372036854775807', '9223372036854775808', 'x')
const labels = fc
  .tuple(
    fc.dictionary(fc.constantFrom('k1', 'k2', 'k3'), word),
    fc.record({ host, size }, { requiredKeys: [] }),
  )
  .map(([some, many]) => ({ ...some, ...many }))
const requirement: fc.Arbitrary<NodeSelectorRequirement> = fc.record({
  key: fc.constantFrom('k1', 'k2', 'k3', 'host', 'size', 'bad key'),
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'in'),
  values: maybe(fc.array(fc.oneof(word, host, size), { maxLength: 3 })),
})
const name = fc.oneof(fc.constantFrom('n1', 'n2', ''), host)
const field = fc.record({
  key: fc.constantFrom('metadata.name', 'metadata.uid'),
  operator: fc.constantFrom('In', 'NotIn', 'Exists'),
  values: fc.array(name, { maxLength: 2 }),
})
const term = fc.record({
  matchExpressions: maybe(fc.array(requirement, { maxLength: 3 })),
  matchFields: maybe(fc.array(field, { maxLength: 2 })),
})
const effect = fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule', '')
const toleration = fc.record({
  key: maybe(fc.constantFrom('t1', 't2', '')),
  operator: maybe(fc.constantFrom('Exists', 'Equal', 'Gt', 'Lt', '')),
  value: maybe(fc.oneof(word, host)),
  effect: maybe(effect),
})
const taint = fc.record({
  key: fc.constantFrom('t1', 't2', 'node.kubernetes.io/unschedulable'),
  value: maybe(fc.oneof(word, host)),
  effect,
})
const anyDaemonSet: fc.Arbitrary<DaemonSet> = fc
  .record({
    nodeName: maybe(fc.constantFrom('', 'n1', 'h3')),
    nodeSelector: maybe(labels),
    required: maybe(fc.record({ nodeSelectorTerms: fc.array(maybe(term), { maxLength: 3 }) })),
    tolerations: maybe(fc.array(toleration, { maxLength: 3 })),
  })
  .map(({ required, ...spec }) =>
    daemonSet({
      ...spec,
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
    }),
  )
const anyNode: fc.Arbitrary<Node> = fc
  .record({
    name,
    labels: maybe(labels),
    taints: maybe(fc.array(taint, { maxLength: 3 })),
  })
  .map(({ name: of, labels: set, taints }) => ({ metadata: { name: of, labels: set }, spec: { taints } }))

const verdictFor = (one: DaemonSet, each: Node) => verdictOf(explain(prepareDaemonSet(one), each))

/** What stands in groups: result, reasons, what else, and who. */
const groupsOf = (groups: readonly PlanGroup[]) =>
  groups.map(({ also, nodes, reasons, result }) => ({
    result,
    reasons,
    also: also.map(({ reason, nodes: count }) => `${groupTitle(reason)} ${count}`).sort(),
    uids: Array.from(nodes, ({ node: { metadata } }) => metadata?.uid),
  }))

/** The same, found by looking at one node after the other. */
function groupedOneByOne(planned: readonly PlannedNode[]) {
  const keys = [...new Set(planned.map(({ groupKey }) => groupKey))]
  const groups = keys.map((key) => {
    const members = planned.filter(({ groupKey }) => groupKey === key)
    const others = members.flatMap(({ incidental }) => incidental.map(groupTitle))
    const also = [...new Set(others)].map((of) => `${of} ${others.filter((one) => one === of).length}`)
    return {
      result: members[0]?.result,
      reasons: members[0]?.deciding,
      also: also.sort(),
      uids: members.map(({ node: { metadata } }) => metadata?.uid),
    }
  })
  const order = ['run', 'stay', 'no']
  return groups.sort(
    (a, b) => order.indexOf(a.result ?? '') - order.indexOf(b.result ?? '') || b.uids.length - a.uids.length,
  )
}

describe('decisions', () => {
  it('are the same one by one, explained, and of several DaemonSets over many nodes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyDaemonSet, fc.boolean()), { minLength: 1, maxLength: 5 }),
        fc.array(anyNode, { maxLength: 20 }),
        (several, nodes) => {
          const all = several.map(([one, comparisonOperators]) =>
            prepareDaemonSet(one, { comparisonOperators }),
          )
          for (const prepared of all) {
            const decisions = nodes.map((each) => decide(prepared, each))
            const explained = nodes.map((each) => explain(prepared, each))
            expect(explained).toMatchObject(decisions)
            expect(explained.map(({ reasons }) => reasons.length === 0)).toEqual(
              decisions.map((each) => each.shouldRun),
            )
            expect(decideAll(prepared, nodes).all()).toEqual(decisions)
            expect(explainAll(prepared, nodes).all()).toEqual(explained)
          }
        },
      ),
      runs(500),
    )
  })

  it('are told in groups as node by node: of all nodes, of some, and of two DaemonSets', () => {
    const several = fc
      .array(anyNode, { minLength: 1, maxLength: 5 })
      .chain((kinds) => fc.array(fc.tuple(fc.constantFrom(...kinds), fc.boolean()), { maxLength: 20 }))
    fc.assert(
      fc.property(anyDaemonSet, anyDaemonSet, several, (one, other, given) => {
        const nodes = given.map(([each], i) => ({ ...each, metadata: { ...each.metadata, uid: `${i}` } }))
        const plan = planPlacement(one, nodes, 'n')
        const planned = nodes.map((node) => ({
          name: node.metadata.name ?? '',
          node,
          ...verdictFor(one, node),
        }))
        expect([...plan.nodes]).toEqual(planned)
        expect(groupsOf(plan.groups)).toEqual(groupedOneByOne(planned))
        for (const { nodes: of } of plan.groups)
          for (const key of ['k1', 'host'])
            expect(of.shareLabel(key)).toBe(
              new Set(Array.from(of, ({ node }) => labelValue(node.metadata?.labels, key))).size === 1,
            )
        const places = given.flatMap(([, isPicked], at) => (isPicked ? [at] : []))
        const picked = plan.nodes.pick(Int32Array.from(places))
        expect(groupsOf(picked.groups())).toEqual(groupedOneByOne(places.flatMap((at) => planned[at] ?? [])))
        const [before, after] = [one, other].map((each) =>
          decideAll(prepareDaemonSet(each), nodes).map(({ shouldRun }) => shouldRun),
        )
        const both = before?.with(after ?? before, (ran, runs) => `${ran} ${runs}`)
        expect(both?.all()).toEqual(nodes.map((_, at) => `${before?.at(at)} ${after?.at(at)}`))
      }),
      runs(500),
    )
  })

  it('come as near as those of each node by itself', () => {
    fc.assert(
      fc.property(anyDaemonSet, fc.array(anyNode, { minLength: 1, maxLength: 20 }), (one, nodes) => {
        const prepared = prepareDaemonSet(one)
        const { demands, nearest } = nearestMiss(prepared, nodes)
        const single = nodes.map((each) => nearestMiss(prepared, [each]))
        for (const [at, demand] of demands.entries()) {
          const of = single.flatMap((each) => each.demands[at] ?? [])
          const sum = (what: 'matchingNodes' | 'nodesWithKey') =>
            of.reduce((total, each) => total + each[what], 0)
          const seen = of.flatMap(({ seenValues }) => seenValues.map(({ value }) => value))
          const values = [...new Set(seen)]
            .map((value) => ({ value, nodes: seen.filter((other) => other === value).length }))
            .sort((a, b) => b.nodes - a.nodes || (a.value < b.value ? -1 : 1))
            .slice(0, 5)
          const wanted = { matchingNodes: sum('matchingNodes'), nodesWithKey: sum('nodesWithKey') }
          expect(demand).toMatchObject({ ...wanted, seenValues: values })
        }
        const failing = single.map((each) => each.nearest?.failingRules ?? 0)
        const fewest = Math.min(...failing)
        const others = failing.filter((rules) => rules === fewest).length - 1
        expect(nearest).toEqual({ ...single[failing.indexOf(fewest)]?.nearest, others })
      }),
      runs(500),
    )
  })

  it('that run also continue', () => {
    fc.assert(
      fc.property(anyDaemonSet, anyNode, (one, each) => {
        const decision = decide(prepareDaemonSet(one), each)
        expect(!decision.shouldRun || decision.shouldContinueRunning).toBe(true)
      }),
      runs(500),
    )
  })

  it('do not depend on the order of labels, terms, expressions or tolerations', () => {
    fc.assert(
      fc.property(anyDaemonSet, anyNode, (one, each) => {
        const spec = one.spec?.template?.spec ?? {}
        const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        const terms = required?.nodeSelectorTerms?.toReversed().map((given) => ({
          matchFields: given?.matchFields ?? null,
          matchExpressions: given?.matchExpressions?.toReversed() ?? null,
        }))
        const turned = daemonSet({
          ...spec,
          nodeSelector: Object.fromEntries(Object.entries(spec.nodeSelector ?? {}).reverse()),
          tolerations: spec.tolerations?.toReversed() ?? null,
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: terms ? { nodeSelectorTerms: terms } : null,
            },
          },
        })
        const labelsTurned = Object.fromEntries(Object.entries(each.metadata?.labels ?? {}).reverse())
        const eachTurned = { ...each, metadata: { ...each.metadata, labels: labelsTurned } }
        expect(decide(prepareDaemonSet(turned), eachTurned)).toEqual(decide(prepareDaemonSet(one), each))
      }),
      runs(500),
    )
  })

  it('never turn from yes to no by one more toleration, and no taint stops one that tolerates all', () => {
    fc.assert(
      fc.property(anyDaemonSet, toleration, anyNode, (one, more, each) => {
        const spec = one.spec?.template?.spec ?? {}
        const adding = (extra: object) =>
          daemonSet({ ...spec, tolerations: [...(spec.tolerations ?? []), extra] })
        const before = decide(prepareDaemonSet(one), each)
        const after = decide(prepareDaemonSet(adding(more)), each)
        expect(Number(after.shouldRun)).toBeGreaterThanOrEqual(Number(before.shouldRun))
        expect(Number(after.shouldContinueRunning)).toBeGreaterThanOrEqual(
          Number(before.shouldContinueRunning),
        )
        const untainted = { ...each, spec: { taints: [] } }
        const all = prepareDaemonSet(adding({ operator: 'Exists' }))
        expect(decide(all, each)).toEqual(decide(prepareDaemonSet(one), untainted))
      }),
      runs(500),
    )
  })
})

it('a null label or wanted value is the empty string, as the API reads it', () => {
  const bare = { metadata: { name: 'n1', labels: { k1: null as never } } }
  const wants = (value: string | null) =>
    prepareDaemonSet(daemonSet({ nodeSelector: { k1: value as never } }))
  expect(decide(wants(''), bare).shouldRun).toBe(true)
  expect(decide(wants(null), bare).shouldRun).toBe(true)
  expect(decide(wants('a'), bare).shouldRun).toBe(false)
  expect(decide(wants(''), node('n1')).shouldRun).toBe(false)
})

describe('affinity expressions', () => {
  const matches = (...expressions: NodeSelectorRequirement[]) => {
    const prepared = prepareDaemonSet(withTerms({ matchExpressions: expressions }))
    return (set: Record<string, string>) => decide(prepared, node('n1', set)).shouldRun
  }
  const values = fc.array(fc.constantFrom('a', 'b', 'c', '5'), { minLength: 1, maxLength: 3 })

  it('In and NotIn, Exists and DoesNotExist are opposites', () => {
    fc.assert(
      fc.property(values, labels, (list, set) => {
        const pair = (yes: string, no: string, given: string[]) => {
          const [does, doesNot] = [yes, no].map((operator) => matches({ key: 'k1', operator, values: given }))
          expect(does?.(set)).toBe(!doesNot?.(set))
        }
        pair('In', 'NotIn', list)
        pair('Exists', 'DoesNotExist', [])
      }),
      runs(100),
    )
  })

  it('NotIn a list is NotIn each of it (De Morgan)', () => {
    fc.assert(
      fc.property(values, labels, (list, set) => {
        const each = list.map((value) => ({ key: 'k1', operator: 'NotIn', values: [value] }))
        expect(matches({ key: 'k1', operator: 'NotIn', values: list })(set)).toBe(matches(...each)(set))
      }),
      runs(100),
    )
  })

  it('Gt and Lt compare all 64 bits', () => {
    const int64 = fc.bigInt(0n, 2n ** 63n - 1n)
    fc.assert(
      fc.property(int64, int64, (bound, actual) => {
        const set = { k1: `${actual}` }
        expect(matches({ key: 'k1', operator: 'Gt', values: [`${bound}`] })(set)).toBe(actual > bound)
        expect(matches({ key: 'k1', operator: 'Lt', values: [`${bound}`] })(set)).toBe(actual < bound)
      }),
      runs(100),
    )
  })

  it.each([
    ['007', true],
    ['+7', true],
    ['-5', false],
    ['5.0', false],
    ['1e3', false],
    ['', false],
    [' 7', false],
    ['7\n', false],
    ['9223372036854775807', true],
    ['9223372036854775808', false],
  ])('a label of %j is above 5: %s', (value, wanted) => {
    expect(matches({ key: 'k1', operator: 'Gt', values: ['5'] })({ k1: value })).toBe(wanted)
  })
})
