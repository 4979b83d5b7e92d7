import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heldSpec, isResizing } from '#kube/resized.ts'
import type { Container, ContainerStatus, Pod, QuantityMap } from '#kube/types.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { runs } from '../helpers/random-cases.ts'

type Status = NonNullable<Pod['status']>

const asks = (requests: QuantityMap, more: Container = {}): Container => ({
  name: 'c',
  resources: { requests },
  ...more,
})
const told = (inEffect: QuantityMap | undefined, allocated?: QuantityMap, name = 'c'): ContainerStatus => ({
  name,
  ...(inEffect && { resources: { requests: inEffect } }),
  ...(allocated && { allocatedResources: allocated }),
})
const infeasible: Status = {
  conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
}
const deferred: Status = { conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Deferred' }] }
const taken = (pod: Pod) => Object.fromEntries(new PodInfo(pod, []).requests)

describe('a pod that is resized in place takes', () => {
  const wish = { containers: [asks({ cpu: '1' })] }
  const more = [told({ cpu: '2' }, { cpu: '2' })]
  const sidecar = {
    containers: [asks({ cpu: '1' })],
    initContainers: [asks({ cpu: '1' }, { name: 'i', restartPolicy: 'Always' })],
  }
  const ending = { containers: [asks({ cpu: '1' })], initContainers: [asks({ cpu: '2' }, { name: 'i' })] }
  const whole = { containers: [asks({ cpu: '1' })], resources: { requests: { cpu: '3', memory: '1Ki' } } }

  it.each<[string, Pod, Record<string, number>]>([
    [
      'what it wishes, if that is more',
      { spec: wish, status: { containerStatuses: [told({ cpu: '500m' }, { cpu: '500m' })] } },
      { cpu: 1000 },
    ],
    [
      'what is in effect until the kubelet has taken it back',
      { spec: wish, status: { containerStatuses: [told({ cpu: '2' }, { cpu: '1' })] } },
      { cpu: 2000 },
    ],
    [
      'what is allocated to it',
      { spec: wish, status: { containerStatuses: [told({ cpu: '1' }, { cpu: '1500m' })] } },
      { cpu: 1500 },
    ],
    [
      'of each resource the largest',
      {
        spec: { containers: [asks({ cpu: '1', memory: '3Ki' })] },
        status: {
          containerStatuses: [told({ cpu: '2', memory: '1Ki' }, { memory: '2Ki', 'example.com/card': '1' })],
        },
      },
      { cpu: 2000, memory: 3072, 'example.com/card': 1 },
    ],
    [
      'what it wishes while its kubelet tells of nothing in effect',
      { spec: wish, status: { containerStatuses: [told(undefined, { cpu: '2' })] } },
      { cpu: 1000 },
    ],
    [
      'what it wishes while that is deferred',
      { spec: wish, status: { ...deferred, containerStatuses: [told({ cpu: '500m' })] } },
      { cpu: 1000 },
    ],
    [
      'what it has, if what it wishes is infeasible',
      { spec: wish, status: { ...infeasible, containerStatuses: [told({ cpu: '500m' }, { cpu: '600m' })] } },
      { cpu: 600 },
    ],
    [
      'of what is infeasible nothing that it does not have yet',
      { spec: wish, status: { ...infeasible, containerStatuses: [told({}, {})] } },
      {},
    ],
    [
      'also what is infeasible where its kubelet tells of nothing in effect',
      { spec: wish, status: { ...infeasible, containerStatuses: [told(undefined, { cpu: '500m' })] } },
      { cpu: 1000 },
    ],
    [
      'what other containers ask for',
      {
        spec: { containers: [asks({ cpu: '1' }), asks({ cpu: '1' }, { name: 'd' })] },
        status: { containerStatuses: more },
      },
      { cpu: 3000 },
    ],
    [
      'the larger of a sidecar, too',
      { spec: sidecar, status: { initContainerStatuses: [told({ cpu: '4' }, { cpu: '1' }, 'i')] } },
      { cpu: 5000 },
    ],
    [
      'of an init container that ends what it asks for',
      { spec: ending, status: { initContainerStatuses: [told({ cpu: '4' }, { cpu: '4' }, 'i')] } },
      { cpu: 2000 },
    ],
    [
      'the larger for the whole pod',
      {
        spec: whole,
        status: {
          resources: { requests: { cpu: '4', memory: '1' } },
          allocatedResources: { memory: '2Ki', 'hugepages-2Mi': '2Mi' },
        },
      },
      { cpu: 4000, memory: 2048 },
    ],
    [
      'what is wished for the whole pod while nothing is in effect',
      { spec: whole, status: { allocatedResources: { cpu: '4' } } },
      { cpu: 3000, memory: 1024 },
    ],
    [
      'what the whole pod has, if what it wishes is infeasible',
      { spec: whole, status: { ...infeasible, resources: { requests: { cpu: '2' } } } },
      { cpu: 2000, memory: 0 },
    ],
    [
      'the sum of its containers, whatever is told of the whole, where nothing is wished for the whole',
      { spec: wish, status: { resources: { requests: { cpu: '4' } }, allocatedResources: { cpu: '4' } } },
      { cpu: 1000 },
    ],
    [
      'a limit for the request where none is given',
      {
        spec: { containers: [{ name: 'c', resources: { limits: { cpu: '3' } } }] },
        status: { containerStatuses: [told({ cpu: '2' })] },
      },
      { cpu: 3000 },
    ],
    [
      'its requests in effect, and not its limits',
      {
        spec: wish,
        status: {
          ...infeasible,
          containerStatuses: [
            { name: 'c', resources: { limits: { memory: '1Ki' }, requests: { cpu: '2' } } },
          ],
        },
      },
      { cpu: 2000 },
    ],
    [
      'overhead on top',
      { spec: { ...wish, overhead: { cpu: '1' } }, status: { containerStatuses: more } },
      { cpu: 3000 },
    ],
  ])('%s', (_, pod, expected) => {
    expect(taken(pod)).toEqual(expected)
  })
})

describe('a pod that is not resized', () => {
  it.each<[string, Pod]>([
    ['without a status', { spec: { containers: [asks({ cpu: '1' })] } }],
    [
      'of an older kubelet',
      {
        spec: { containers: [asks({ cpu: '1' })] },
        status: { containerStatuses: [{ name: 'c', ready: true }] },
      },
    ],
    [
      'whose kubelet tells what it wishes',
      {
        spec: { containers: [asks({ cpu: '1' })] },
        status: {
          resources: { requests: { cpu: '79m' } },
          containerStatuses: [told({ cpu: '1' }, { cpu: '1' })],
        },
      },
    ],
    [
      'with nulls',
      {
        spec: { containers: null },
        status: {
          conditions: null,
          containerStatuses: [null as never, { name: 'c', resources: {}, allocatedResources: null }],
        },
      },
    ],
  ])('is as its spec says: %s', (_, pod) => {
    expect(isResizing(pod)).toBe(false)
    expect(heldSpec(pod, 'requests')).toBe(pod.spec)
    expect(heldSpec(pod, 'limits')).toBe(pod.spec)
  })

  it('may say the same in other words', () => {
    const spec = { containers: [asks({ cpu: '1' })] }
    expect(heldSpec({ spec, status: { containerStatuses: [told({ cpu: '1000m' })] } }, 'requests')).toBe(spec)
  })
})

describe('limits of a pod that is resized in place', () => {
  const spec = { containers: [{ name: 'c', resources: { limits: { cpu: '1' }, requests: { cpu: '1' } } }] }
  const limits = (status: Status) => heldSpec({ spec, status }, 'limits')?.containers?.[0]?.resources?.limits
  const containerStatuses = [
    { name: 'c', resources: { limits: { cpu: '2' } }, allocatedResources: { cpu: '9' } },
  ]

  it('are the larger of those wished for and those in effect', () => {
    expect(limits({ containerStatuses })).toEqual({ cpu: '2' })
    expect(limits({ containerStatuses: [{ name: 'c', resources: { limits: { cpu: '500m' } } }] })).toEqual({
      cpu: '1',
    })
  })

  it('are those in effect, if what is wished is infeasible', () => {
    expect(
      limits({ ...infeasible, containerStatuses: [{ name: 'c', resources: { limits: { cpu: '500m' } } }] }),
    ).toEqual({ cpu: '500m' })
  })
})

/** By the letter of the rule, container after container: thousandths of a core and bytes as they are. */
function reckoned({ spec, status }: Pod): Record<string, number> {
  const wishCounts =
    status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason !== 'Infeasible'
  const of = (name: string, container: Container, resizable: boolean) => {
    const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
    const one = all.find((each) => each.name === container.name)
    const lists =
      resizable && one?.resources
        ? [
            ...(wishCounts ? [container.resources?.requests] : []),
            one.resources.requests,
            one.allocatedResources,
          ]
        : [container.resources?.requests]
    return Math.max(0, ...lists.map((list) => Number.parseInt(String(list?.[name] ?? '0'), 10)))
  }
  const result: Record<string, number> = {}
  for (const name of ['cpu', 'memory']) {
    let [sidecars, most] = [0, 0]
    for (const container of spec?.initContainers ?? []) {
      const isSidecar = container.restartPolicy === 'Always'
      const amount = of(name, container, isSidecar)
      if (isSidecar) sidecars += amount
      most = Math.max(most, isSidecar ? sidecars : sidecars + amount)
    }
    const running = (spec?.containers ?? []).reduce(
      (sum, container) => sum + of(name, container, true),
      sidecars,
    )
    result[name] = Math.max(running, most)
  }
  return result
}

const amounts = fc.option(
  fc.record(
    { cpu: fc.constantFrom('0m', '1m', '5m', '9m'), memory: fc.constantFrom('1', '4', '7') },
    { requiredKeys: [] },
  ),
  { nil: undefined },
)
const wished = amounts.map((requests) => ({ resources: requests && { requests } }))
const status = fc
  .record({ inEffect: amounts, allocated: amounts })
  .map(({ inEffect, allocated }) => told(inEffect, allocated))
const containers = fc.array(fc.record({ wished, status: fc.option(status), sidecar: fc.boolean() }), {
  maxLength: 3,
})

describe('what pods take', () => {
  it('is what the rule says of them one by one', () => {
    fc.assert(
      fc.property(
        containers,
        containers,
        fc.constantFrom({}, infeasible, deferred),
        (main, init, conditions) => {
          const named = (list: typeof main, letter: string) =>
            list.map((one, at) => ({ ...one, name: `${letter}${at}` }))
          const statuses = (list: ReturnType<typeof named>) =>
            list.flatMap((one) => (one.status ? [{ ...one.status, name: one.name }] : []))
          const [mains, inits] = [named(main, 'm'), named(init, 'i')]
          const pod = {
            spec: {
              containers: mains.map(({ name, wished: { resources } }) => ({ name, resources })),
              initContainers: inits.map(({ name, sidecar, wished: { resources } }) => ({
                name,
                resources,
                ...(sidecar && { restartPolicy: 'Always' }),
              })),
            },
            status: {
              ...conditions,
              containerStatuses: statuses(mains),
              initContainerStatuses: statuses(inits),
            },
          }
          expect({ cpu: 0, memory: 0, ...taken(pod) }).toEqual(reckoned(pod))
        },
      ),
      runs(300),
    )
  })
})
