import { describe, expect, it } from 'vitest'
import type { Pod, PodSpec } from '#kube/types.ts'
import { container, daemonSetOf, judgeFit, nodeOf, podOf, roomy } from './judged.ts'

describe('pods of lower priority', () => {
  const classes = [
    { metadata: { name: 'high' }, value: 5000 },
    { metadata: { name: 'polite' }, value: 5000, preemptionPolicy: 'Never' },
    { metadata: { name: 'usual' }, value: 2000, globalDefault: true },
  ]
  const asking = (more: PodSpec) => daemonSetOf({ containers: [container({ cpu: '1' })], ...more })
  const holding = (name: string, cpu: string, priority: number) =>
    podOf(name, { containers: [container({ cpu })], priority })
  const full = [holding('p', '4', 1000)]

  it.each([
    ['the pod has none', {}, [], { value: 0, className: undefined, known: true }, false],
    ['the class for all is higher', {}, classes, { value: 2000, className: 'usual', known: true }, true],
    [
      'its class is higher',
      { priorityClassName: 'high' },
      classes,
      { value: 5000, className: 'high', known: true },
      true,
    ],
    [
      'its class never preempts',
      { priorityClassName: 'polite' },
      classes,
      { value: 5000, className: 'polite', known: true },
      false,
    ],
  ])('%s', (_, spec, priorityClasses, priority, couldPreempt) => {
    const result = judgeFit({ node: roomy, pods: full, daemonSet: asking(spec), priorityClasses })
    expect(result.fits).toBe(false)
    expect(result.priority).toEqual(priority)
    expect(result.couldPreempt).toBe(couldPreempt)
  })

  it('hold too little', () => {
    const pods = [holding('weak', '500m', 0), holding('strong', '3500m', 9000)]
    const result = judgeFit({ node: roomy, pods, daemonSet: asking({ priority: 5 }) })
    expect(result.couldPreempt).toBe(false)
    expect(result.shortages[0]?.preemptible).toEqual({ value: 0.5, text: '500m' })
  })

  it('hold just enough', () => {
    const pods = [holding('weak', '1', 0), holding('strong', '3', 5)]
    const result = judgeFit({ node: roomy, pods, daemonSet: asking({ priority: 5 }) })
    expect(result.couldPreempt).toBe(true)
    expect(result.shortages[0]?.preemptible.text).toBe('1')
    expect(result.message).toBe('cpu: needs 1, only 0 of 4 free')
  })

  it('are there, but the pod fits beside them', () => {
    const result = judgeFit({
      node: roomy,
      pods: [holding('weak', '1', 0)],
      daemonSet: asking({ priority: 5 }),
    })
    expect(result).toMatchObject({ fits: true, couldPreempt: false, message: '' })
  })

  it('are not told from others where the class is not in the snapshot', () => {
    const result = judgeFit({ node: roomy, pods: [], daemonSet: asking({ priorityClassName: 'what' }) })
    expect(result.priority).toEqual({ value: 0, className: 'what', known: false })
    expect(result.unknown).toEqual(['priority class what is not known'])
  })
})

describe('the priority that a pod has to exceed to evict others', () => {
  const holding = (priority: number, requests: Record<string, string>, hostPort?: number) =>
    podOf(`p${priority}`, {
      containers: [container(requests, hostPort ? { ports: [{ hostPort }] } : {})],
      priority,
    })
  const asks = daemonSetOf({
    containers: [container({ cpu: '2', memory: '2Gi' }, { ports: [{ hostPort: 80 }] })],
    priority: -10,
  })

  it.each<[string, readonly Pod[], number | undefined]>([
    ['the least important alone makes room', [holding(100, { cpu: '1' }), holding(5, { cpu: '2' })], 5],
    ['both must go', [holding(100, { cpu: '3' }), holding(5, { cpu: '1' })], 100],
    [
      'one resource is held by more important ones',
      [holding(5, { cpu: '4' }), holding(900, { memory: '7Gi' })],
      900,
    ],
    ['it holds the port', [holding(70, {}, 80)], 70],
    ['it holds the port at a negative priority', [holding(-5, {}, 80)], -5],
    ['it is there, but the node is too small', [holding(5, { cpu: '1' }), holding(9, {}, 80)], undefined],
  ])('%s', (what, pods, expected) => {
    const node = what.includes('too small') ? nodeOf({ cpu: '1', memory: '8Gi', pods: '110' }) : roomy
    expect(judgeFit({ node, pods, daemonSet: asks }).preemptsAbove).toBe(expected)
  })

  it('is none where it fits, and where it evicts', () => {
    expect(judgeFit({ node: roomy, pods: [], daemonSet: asks })).not.toHaveProperty('preemptsAbove')
    const evicted = judgeFit({ node: roomy, pods: [holding(-20, {}, 80)], daemonSet: asks })
    expect(evicted.couldPreempt).toBe(true)
    expect(evicted).not.toHaveProperty('preemptsAbove')
  })
})
