import { describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import type { Pass } from '#placement/decision.ts'
import { decide, explain, explainAll, groupKey, groupTitle, prepareDaemonSet } from '#placement/placement.ts'
import { daemonSet, node, requiring, withTerms } from './build.ts'

const messages = (entries: readonly { readonly message: string }[]) => entries.map(({ message }) => message)

describe('every reason is listed, in rule order', () => {
  const picky = daemonSet({
    nodeName: 'n2',
    nodeSelector: { disktype: 'ssd', zone: 'a' },
    affinity: requiring({ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['8'] }] }),
    tolerations: [{ key: 'dedicated', value: 'ml', effect: 'NoSchedule' }],
  })
  const tainted = node('n1', { disktype: 'hdd', cores: '4' }, [
    { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
    { key: 'maintenance', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
    { key: 'spot', effect: 'PreferNoSchedule' },
    { key: 'odd', value: 'x' },
  ])
  const decided = () => explain(prepareDaemonSet(picky), tainted)

  it('with what was wanted and what is there', () => {
    const decision = decided()
    expect(decision).toMatchObject({ shouldRun: false, shouldContinueRunning: false })
    expect(messages(decision.reasons)).toEqual([
      'node name is "n1", wanted "n2"',
      'node label disktype is "hdd", wanted "ssd"',
      'node has no label zone, wanted "a"',
      'node label cores is "4", affinity wants cores>8',
      'taint dedicated=gpu:NoSchedule is not tolerated',
      'taint maintenance:NoExecute is not tolerated',
    ])
  })

  it('with what held beside it', () => {
    expect(messages(decided().passes)).toEqual([
      'taint node.kubernetes.io/not-ready:NoExecute is tolerated by node.kubernetes.io/not-ready:NoExecute that the DaemonSet controller adds',
      'taint spot:PreferNoSchedule never keeps a DaemonSet away',
      'taint odd=x never keeps a DaemonSet away',
    ])
  })

  it('with the places in the DaemonSet', () => {
    const places = decided().reasons.flatMap((reason) => ('path' in reason ? reason.path.join('.') : []))
    expect(places).toEqual([
      'spec.template.spec.nodeName',
      'spec.template.spec.nodeSelector.disktype',
      'spec.template.spec.nodeSelector.zone',
      'spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
    ])
  })

  it('with the tolerations that nearly cover the taint', () => {
    expect(decided().reasons.filter(({ code }) => code === 'UntoleratedTaint')).toMatchObject([
      { evicts: false, nearMisses: [{ toleration: { origin: 'manifest', index: 0 }, differs: ['value'] }] },
      { evicts: true, nearMisses: [] },
    ])
  })

  it('as data that survives JSON', () => {
    expect(JSON.parse(JSON.stringify(decided()))).toEqual(decided())
  })
})

it('everything that was asked and held is listed, in rule order', () => {
  const one = daemonSet({
    nodeName: 'n1',
    nodeSelector: { disktype: 'ssd' },
    affinity: requiring({ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }),
    tolerations: [{ key: 'a' }, { key: 'gpu', operator: 'Exists' }],
  })
  const taints = [
    { key: 'gpu', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    { key: 'gpu', effect: 'PreferNoSchedule' },
  ]
  const { passes, ...answers } = explain(
    prepareDaemonSet(one),
    node('n1', { disktype: 'ssd', zone: 'a' }, taints),
  )
  expect(answers).toEqual({ shouldRun: true, shouldContinueRunning: true, reasons: [] })
  const place = (pass: Pass) => ('path' in pass ? pass.path.slice(3).join('.') : `taints.${pass.taintIndex}`)
  expect(passes.map((pass) => [pass.code, place(pass), pass.message])).toEqual([
    ['NodeNameMatched', 'nodeName', 'node name is "n1", as wanted'],
    ['NodeSelectorMatched', 'nodeSelector.disktype', 'node label disktype is "ssd", as wanted'],
    [
      'NodeAffinityMatched',
      'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0',
      'node affinity matches: zone',
    ],
    [
      'TaintTolerated',
      'taints.0',
      'taint gpu:NoSchedule is tolerated by gpu of the manifest, tolerations[1]',
    ],
    [
      'TaintTolerated',
      'taints.1',
      'taint node.kubernetes.io/unschedulable:NoSchedule is tolerated by node.kubernetes.io/unschedulable:NoSchedule that the DaemonSet controller adds',
    ],
    ['TaintIgnored', 'taints.2', 'taint gpu:PreferNoSchedule never keeps a DaemonSet away'],
  ])
})

describe('a node of which nothing is known', () => {
  const both = (one: DaemonSet) => {
    const prepared = prepareDaemonSet(one)
    const { reasons, ...answers } = explain(prepared, {})
    expect(answers).toMatchObject(decide(prepared, {}))
    expect(explainAll(prepared, [{}]).all()).toEqual([explain(prepared, {})])
    return messages(reasons)
  }

  it('runs what asks nothing', () => {
    expect(both(daemonSet({}))).toEqual([])
  })

  it('lacks name and labels', () => {
    expect(both(daemonSet({ nodeName: 'n1', nodeSelector: { a: 'b' } }))).toEqual([
      'node name is "", wanted "n1"',
      'node has no label a, wanted "b"',
    ])
  })
})

describe('affinity is traced term by term', () => {
  it('names the term that matched and what the others lacked', () => {
    const prepared = prepareDaemonSet(
      withTerms(
        { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] },
        { matchExpressions: [{ key: 'zone', operator: 'Near', values: ['a', 'b'] }] },
        {},
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
      ),
    )
    const { passes, reasons } = explain(prepared, node('n1', { zone: 'c' }))
    expect(reasons).toEqual([])
    expect(passes).toMatchObject([
      {
        code: 'NodeAffinityMatched',
        termIndex: 3,
        message: 'node affinity matches, term 4 of 4: metadata.name=n1',
        terms: [
          { state: 'mismatched', requirements: [{ key: 'zone', actual: 'c', matched: false }] },
          {
            state: 'dropped',
            text: 'zone Near (a,b)',
            requirements: [],
            parseErrors: [
              'nodeSelectorTerms[1].matchExpressions[0].operator: Unsupported value: "Near": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"',
            ],
          },
          { state: 'empty' },
          { state: 'matched', requirements: [{ kind: 'field', actual: 'n1', matched: true }] },
        ],
      },
    ])
    expect(messages(explain(prepared, node('n2')).reasons)).toEqual(['none of 2 node affinity terms matches'])
  })

  it('joins what a term asks by and', () => {
    const one = withTerms({
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a'] },
        { key: 'gpu', operator: 'DoesNotExist' },
      ],
    })
    const { passes } = explain(prepareDaemonSet(one), node('n1', { zone: 'a' }))
    expect(messages(passes)).toEqual(['node affinity matches: zone in (a) and !gpu'])
  })

  it('tells what fails of a term, and only that', () => {
    const one = withTerms({
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a'] },
        { key: 'gpu', operator: 'DoesNotExist' },
        { key: 'disk', operator: 'Exists' },
      ],
      matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }],
    })
    const { reasons } = explain(prepareDaemonSet(one), node('n1', { zone: 'b' }))
    expect(messages(reasons)).toEqual([
      'node label zone is "b", affinity wants zone in (a); node has no label disk, affinity wants disk; node field metadata.name is "n1", affinity wants metadata.name!=n1',
    ])
  })

  it('a node without a name meets whatever is asked of its name, and nothing else by that', () => {
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['n1'] }]
    const matchExpressions = [{ key: 'zone', operator: 'In', values: ['a'] }]
    const fits = (one: DaemonSet) => explain(prepareDaemonSet(one), node('')).shouldRun
    expect(fits(withTerms({ matchFields }))).toBe(true)
    expect(fits(withTerms({ matchFields, matchExpressions }))).toBe(false)
  })

  it.each([
    [withTerms(), 'node affinity has no terms and matches no node'],
    [withTerms({}, null), 'no node affinity term is usable (empty or invalid), so none matches any node'],
    [
      withTerms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['other'] }] }),
      'node field metadata.name is "n1", affinity wants metadata.name=other',
    ],
  ])('says why nothing matches: %#', (daemonSet, message) => {
    expect(messages(explain(prepareDaemonSet(daemonSet), node('n1')).reasons)).toEqual([message])
  })
})

describe('many nodes fold into few groups', () => {
  const picky = daemonSet({
    nodeSelector: { disktype: 'ssd' },
    affinity: requiring({
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a'] },
        { key: 'gpu', operator: 'DoesNotExist' },
      ],
    }),
  })
  const nodes = [
    node('n1', { disktype: 'hdd', zone: 'a' }),
    node('n2', { disktype: 'tape', zone: 'a' }),
    node('n3', { zone: 'b' }, [{ key: 'gpu', effect: 'NoSchedule' }]),
    node('n4', { gpu: '' }, [{ key: 'gpu', effect: 'NoSchedule' }]),
    node('n5', { disktype: 'hdd', zone: 'a' }),
  ]

  it('by what the reasons have in common', () => {
    const prepared = prepareDaemonSet(picky)
    const decisions = explainAll(prepared, nodes).all()
    const titles = decisions.map(({ reasons }) => reasons.map(groupTitle))
    expect(titles).toEqual([
      ['label disktype is not "ssd"'],
      ['label disktype is not "ssd"'],
      ['no label disktype', 'affinity: not zone in (a)', 'taint gpu:NoSchedule'],
      [
        'no label disktype',
        'affinity: no label zone (wants zone in (a)) and not !gpu',
        'taint gpu:NoSchedule',
      ],
      ['label disktype is not "ssd"'],
    ])
    const [first, second] = decisions.flatMap(({ reasons }) => reasons.map(groupKey))
    expect(first).toBe(second)
  })

  it('and nodes that look alike share one decision', () => {
    const prepared = prepareDaemonSet(picky)
    const decisions = explainAll(prepared, nodes).all()
    expect(decisions[4]).toBe(decisions[0])
    expect(decisions[1]).not.toBe(decisions[0])
    expect(decisions).toEqual(nodes.map((one) => explain(prepared, one)))
  })

  it('but not when the name is asked for', () => {
    const byName = prepareDaemonSet(daemonSet({ nodeName: 'n2' }))
    const run = explainAll(byName, [node('n1'), node('n2'), node('n3')]).map(({ shouldRun }) => shouldRun)
    expect(run.all()).toEqual([false, true, false])
  })
})
