import { beforeEach, describe, expect, it } from 'vitest'
import { types } from '#sandbox/api/resources.ts'
import { begin, clock, create, daemonSet, events, pods } from '../../helpers/simulation.ts'

beforeEach(() => begin())

describe('priority', () => {
  it('comes from the class, and a missing class keeps the pods from being made', () => {
    create(types.daemonSets, 'default', daemonSet('web', { spec: { priorityClassName: 'high' } }))
    clock.advance(1000)
    expect(pods()).toEqual([])
    expect(events('FailedCreate')[0]).toBe(
      'Error creating: pods "web-" is forbidden: no PriorityClass with name high was found',
    )
    create(types.priorityClasses, undefined, { metadata: { name: 'high' }, value: 7 })
    clock.advance(60_000)
    expect(pods().map((pod) => pod.spec?.priority)).toEqual([7, 7, 7])
  })
})
