import { beforeEach, describe, expect, it } from 'vitest'
import { types } from '#sandbox/api/resources.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { begin, clock, create, daemonSet, events } from '../../helpers/simulation.ts'

beforeEach(() => begin())

describe('events', () => {
  it('of one kind are counted, drawn together and silenced', () => {
    begin({ objects: simulatedNodes(40) })
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(2000)
    const about = events('SuccessfulCreate')
    expect(about.filter((message) => message.startsWith('(combined from similar events): '))).toHaveLength(1)
    expect(about).toHaveLength(10)
  })

  it('go after an hour', () => {
    create(types.daemonSets, 'default', daemonSet('web'))
    clock.advance(2 * 3_600_000)
    create(types.daemonSets, 'default', daemonSet('other'))
    clock.advance(1000)
    expect(events('SuccessfulCreate').every((message) => message.includes('other-'))).toBe(true)
  })
})
