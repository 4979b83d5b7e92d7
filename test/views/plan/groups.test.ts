import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import { planAdmitted } from '#controller/changes/admitted-plan.ts'
import { comparePlacement } from '#controller/changes/compare-placement.ts'
import { askRules } from '#controller/changes/plan-admission.ts'
import { planChanges } from '#controller/changes/plan-changes.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { planDocument } from '#views/plan/document.ts'
import { planGroups, type ShownPlan } from '#views/plan/groups.ts'
import { headline } from '#views/plan/headline.ts'
import { planMap } from '#views/plan/map.ts'
import { planMarkdown } from '#views/plan/markdown.ts'
import { planSummary } from '#views/plan/summary.ts'
import { runs } from '../../helpers/random-cases.ts'
import {
  image,
  manifest,
  noClasses,
  node,
  now,
  pod,
  revisions,
  stored,
  taint,
} from '../../helpers/snapshot.ts'

/*
 * Whatever is planned: each node is in one group, and head line, sections, markdown and document tell the numbers of these
 * groups.
 */
const strategies = [
  { type: 'OnDelete' },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
]

const nodes = fc
  .array(
    fc.constantFrom<Partial<Node>>(
      {},
      {},
      taint('NoSchedule'),
      taint('NoExecute'),
      { status: { allocatable: { cpu: '0', pods: '9' } } },
      { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) => all.map((more, i) => node(`n${i}`, more, { zone: i % 2 === 0 ? 'a' : 'b' })))

type Present = 'none' | 'ready' | 'old' | 'waiting' | 'leaving' | 'failed' | 'pending'
const presents: readonly Present[] = ['none', 'ready', 'old', 'waiting', 'leaving', 'failed', 'pending']

function podOf(name: string, present: Present): Pod[] {
  const made = pod(name)
  const meta = (more: object): Pod => ({ ...made, metadata: { ...made.metadata, ...more } })
  const waiting = { state: { waiting: { reason: 'CrashLoopBackOff' } } }
  switch (present) {
    case 'none':
      return []
    case 'ready':
      return [made]
    case 'old':
      return [meta({ labels: { app: 'agent', 'controller-revision-hash': 'h0' } })]
    case 'waiting':
      return [{ ...made, status: { phase: 'Running', containerStatuses: [waiting] } }]
    case 'leaving':
      return [meta({ deletionTimestamp: '2026-01-01T11:00:00Z' })]
    case 'failed':
      return [{ ...made, status: { phase: 'Failed' } }]
    case 'pending':
      return [{ ...made, status: { phase: 'Pending' } }]
  }
}

const daemonSet = fc
  .record({
    image: fc.constantFrom('i:1', 'i:2'),
    zone: fc.constantFrom(undefined, undefined, 'a', 'nowhere'),
    updateStrategy: fc.constantFrom(...strategies),
  })
  .map(({ image: name, zone, updateStrategy }) =>
    manifest(
      { ...image(name), ...(zone === undefined ? {} : { nodeSelector: { zone } }) },
      { updateStrategy },
    ),
  )

/** Every pod is let in, none, or as many as a quota holds. */
const admissions = [undefined, { hard: '0' }, { hard: '2' }, { hard: '40' }, { name: 'none' }].map(
  (given) => (of: DaemonSet) => {
    const quota = {
      metadata: { name: 'q' },
      spec: { hard: { pods: given?.hard ?? '99' } },
      status: { hard: { pods: given?.hard ?? '99' }, used: { pods: '0' } },
    }
    const priority = given?.name === undefined ? {} : { priorityClassName: given.name }
    const template = { ...of.spec?.template, spec: { ...of.spec?.template?.spec, ...priority } }
    const objects = { ...noClasses, resourceQuotas: given?.hard === undefined ? [] : [quota] }
    return { objects, asked: askRules({ ...of, spec: { ...of.spec, template } }, objects) }
  },
)

const options = { style: plain, width: 1000, symbols: false }

/** `3 to create` of the head line, without the count of the answer. */
const numbersOf = (line: string): number[] =>
  [...line.replace(/.*would run \S+/, '').matchAll(/(?<=^|[ :,])(\d+) /g)].map(([, number]) => Number(number))

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

const sectionNumbers = (text: string) =>
  [...text.matchAll(/^\S? ?.*?(?: on| from|:) (\d+) nodes?(?=$|[:,])/gm)].map(([, number]) => Number(number))

const markdownRows = (text: string) =>
  [...text.slice(0, text.indexOf('<details>')).matchAll(/^\| .* \| (\d+) \| /gm)].map(([, number]) =>
    Number(number),
  )

/** A map tells each node once, as a cell and among those of its letter, and no letter means two things. */
function expectDrawn(shown: ShownPlan, counts: readonly number[]) {
  const [cells = '', legend = ''] = planMap(shown, [], options).trimEnd().split('\n\n').slice(-2)
  const told = [...legend.matchAll(/^ (\S) +(\d+) {2}/gm)].map(([, letter = '', number]) => [
    letter,
    Number(number),
  ])
  expect(told.map(([, number]) => number)).toEqual(counts)
  const drawn = cells.replace(/^nodes +\d+/gm, '').replace(/\s/g, '')
  expect(told.map(([letter]) => [letter, drawn.split(String(letter)).length - 1])).toEqual(told)
  expect(drawn).toHaveLength(shown.plan.nodes.length)
}

function expectAdded(shown: ShownPlan) {
  const groups = planGroups(shown)
  const counts = groups.map((group) => group.nodes)
  expect(sum(counts)).toBe(shown.plan.nodes.length)
  expectDrawn(shown, counts)
  const named = groups.flatMap((group) => group.groups.flatMap((one) => [...one.names]))
  expect([...named].sort()).toEqual([...shown.plan.nodes.names].sort())
  const [, ...below] = planSummary(shown, options).split('\n')
  expect(sectionNumbers(below.join('\n'))).toEqual(counts)
  const quiet = new Set(['not-targeted', 'neither'])
  const loud = groups.filter(({ key }) => !quiet.has(key)).map((group) => group.nodes)
  if (shown.changes || shown.compared) {
    const numbers = headline(shown, options).split('\n').at(-1) ?? ''
    expect(numbersOf(numbers).sort()).toEqual([...loud].sort())
    const [heading = '', , words = ''] = planMarkdown(shown, []).split('\n')
    const isRefusal = shown.admission !== undefined && !shown.admission.allowed
    const last = isRefusal ? words.split('<br>').at(-1) : heading.slice(4)
    expect(numbersOf(last ?? '').sort()).toEqual([...loud].sort())
    const told = groups.filter(({ key }) => !quiet.has(key) && key !== 'unchanged' && key !== 'as-before')
    expect(sum(markdownRows(planMarkdown(shown, [])))).toBe(sum(told.map((group) => group.nodes)))
  }
  return counts
}

describe('the numbers of a plan add up', () => {
  it('against the pods that are there', () => {
    const world = fc.record({
      nodes,
      daemonSet,
      presents: fc.array(fc.constantFrom(...presents), { minLength: 12, maxLength: 12 }),
    })
    fc.assert(
      fc.property(world, fc.boolean(), fc.constantFrom(...admissions), (given, known, admits) => {
        const plan = planPlacement(given.daemonSet, given.nodes, 'n')
        const pods = given.nodes.flatMap(({ metadata }, i) =>
          podOf(metadata?.name ?? '', given.presents[i] ?? 'none'),
        )
        const scene = {
          daemonSet: given.daemonSet,
          nodes: given.nodes,
          pods,
          daemonSets: known ? [stored as DaemonSet] : [],
          revisions: known ? revisions : [],
          now,
        }
        const { admission, present: changes } = planAdmitted(scene, admits(given.daemonSet))
        const counts = expectAdded({ plan, changes, admission })
        const told = changes.outcomes
        const isPart = admission.letIn > 0 && admission.letIn < admission.wanted
        expect(told.refused ?? 0).toBe(admission.letIn === 0 ? admission.wanted : 0)
        expect(told['maybe-refused'] ?? 0).toBe(isPart ? admission.wanted : 0)
        const { summary, nodes: planned } = planDocument(plan, [], { changes, admission })
        expect(Object.values(summary.outcomes ?? {})).toEqual(counts)
        expect(planned.filter(({ change }) => change !== undefined)).toHaveLength(sum(counts))
        const { add, replace, remove, unchanged, leftOver } = changes.totals
        const untouched = changes.changes.filter(({ change }) => change === 'none').length
        expect(add + replace + remove + unchanged + leftOver + untouched).toBe(given.nodes.length)
      }),
      runs(100),
    )
  })

  it('against an older manifest, and on nodes alone', () => {
    fc.assert(
      fc.property(nodes, daemonSet, daemonSet, (given, older, newer) => {
        const plan = planPlacement(newer, given, 'n')
        expectAdded({ plan, compared: comparePlacement(older, newer, given) })
        expectAdded({ plan })
        const { run } = plan.count
        expect(headline({ plan }, options)).toContain(`${run} of ${given.length} node`)
      }),
      runs(100),
    )
  })
})

describe('the head line of a plan', () => {
  const nowhere = manifest({ nodeSelector: { zone: 'nowhere' } })
  const plan = planPlacement(nowhere, [node('n1'), node('n2')], 'n')
  const changes = planChanges({ daemonSet: nowhere, nodes: [node('n1'), node('n2')], pods: [pod('n1')], now })

  it.each<[string, ShownPlan, string]>([
    ['on nodes alone', { plan }, 'no node matches: 0 of 2 nodes would run n/agent'],
    [
      'against the pods that are there',
      { plan, changes },
      'no node matches: 0 of 2 nodes would run n/agent, 1 to delete',
    ],
    [
      'against an older manifest',
      { plan, compared: comparePlacement(manifest(), nowhere, [node('n1'), node('n2')]) },
      'no node matches: 0 of 2 nodes would run n/agent, 2 removed',
    ],
  ])('says that no node matches, and what comes nearest: %s', (_, shown, line) => {
    const [first, second] = planSummary(shown, options).split('\n')
    expect(first).toBe(line)
    expect(second).toBe('  no node matches zone=nowhere: no node has such a label')
    expect(planMarkdown(shown, [])).toMatch(/^### no node matches: .*\n\nno node matches zone=nowhere/)
  })
})
