import { describe, expect, it } from 'vitest'
import { step } from '#controller/step.ts'
import type { StepInput } from '#controller/step-input.ts'
import { stepMemory } from '#controller/step-memory.ts'
import type { DaemonSet, Node, Pod } from '#kube/types.ts'

const daemonSet = (uid: string, generation: number | undefined, spec: object = {}): DaemonSet => ({
  metadata: { name: 'a', namespace: 'n', uid, ...(generation === undefined ? {} : { generation }) },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: {} },
    ...spec,
  },
})
const selecting = (zone: string) => ({ template: { spec: { nodeSelector: { zone } } } })
const nodes: Node[] = ['x', 'y'].map((zone) => ({ metadata: { name: zone, labels: { zone } } }))

/** The nodes that get a pod, one sync after the other with one memory. */
function series(...inputs: Partial<StepInput>[]): string[][] {
  const memory = stepMemory()
  return inputs.map((input) =>
    step({
      daemonSet: daemonSet('ds', 1),
      revisions: [],
      nodes,
      pods: [],
      now: 0,
      memory,
      ...input,
    }).actions.flatMap((action) => (action.kind === 'CreatePod' ? [action.node] : [])),
  )
}

describe('the memory of a series of steps', () => {
  it('tells DaemonSets apart, and the generations of one', () => {
    expect(
      series(
        { daemonSet: daemonSet('one', 1, selecting('x')) },
        { daemonSet: daemonSet('two', 1, selecting('y')) },
        { daemonSet: daemonSet('one', 2, selecting('y')) },
      ),
    ).toEqual([['x'], ['y'], ['y']])
    const stored = { ...daemonSet('', 1, selecting('x')), metadata: { name: 'a', namespace: 'n' } }
    expect(
      series(
        { daemonSet: stored },
        { daemonSet: { ...daemonSet('', 1, selecting('y')), metadata: { name: 'a', namespace: 'm' } } },
        { daemonSet: { ...daemonSet('', 1, selecting('y')), metadata: { name: 'b', namespace: 'n' } } },
        { daemonSet: {} },
      ),
    ).toEqual([['x'], ['y'], ['y'], ['x', 'y']])
  })

  it('takes a DaemonSet of a known generation for read', () => {
    expect(
      series(
        { daemonSet: daemonSet('one', 1, selecting('x')) },
        { daemonSet: daemonSet('one', 1, selecting('y')) },
      ),
    ).toEqual([['x'], ['x']])
  })

  it('tells servers apart that compare numbers and that do not', () => {
    const tolerations = [{ key: 'k', operator: 'Gt', value: '3' }]
    const given = daemonSet('ds', 1, { template: { spec: { tolerations } } })
    const tainted = [
      { metadata: { name: 'n' }, spec: { taints: [{ key: 'k', value: '5', effect: 'NoExecute' }] } },
    ]
    const input = { daemonSet: given, nodes: tainted }
    expect(series(input, { ...input, comparisonOperators: true }, input)).toEqual([[], ['n'], []])
  })

  it('reads each pod, node and revision once, and again when it is another object', () => {
    const reads: string[] = []
    const counting = <T extends object>(name: string, key: string, object: T): T =>
      Object.defineProperty({ ...object }, key, {
        enumerable: true,
        get: () => {
          reads.push(name)
          return (object as Record<string, unknown>)[key]
        },
      })
    const owner = { uid: 'ds', controller: true }
    const metadata = { name: 'p', namespace: 'n', labels: { app: 'a' }, ownerReferences: [owner] }
    const input = {
      pods: [counting('pod', 'status', { metadata, spec: { nodeName: 'x' }, status: {} } as Pod)],
      nodes: [counting('node', 'spec', { metadata: { name: 'x' }, spec: {} } as Node)],
      revisions: [counting('revision', 'data', { metadata, data: {}, revision: 1 })],
    }
    const memory = stepMemory()
    const sync = (given: Partial<StepInput>) => {
      reads.length = 0
      step({ daemonSet: daemonSet('ds', 1), now: 0, memory, ...input, ...given })
      return [...new Set(reads)].sort()
    }
    expect(sync({})).toEqual(['node', 'pod', 'revision'])
    expect(sync({})).toEqual([])
    expect(sync({ pods: [counting('pod', 'status', { metadata, spec: {}, status: {} } as Pod)] })).toEqual([
      'pod',
    ])
    expect(sync({ memory: undefined })).toEqual(['node', 'pod', 'revision'])
  })
})
