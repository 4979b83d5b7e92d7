import { describe, expect, it } from 'vitest'
import { daemonSet, node, now, pod, sync } from './scene.ts'

describe('status', () => {
  const healthy = { nodes: [node('n1')], pods: [pod('p', 'n1')] }

  it('is complete, leaves zeros out where the wire does, and says that the generation was seen', () => {
    const { status } = sync(healthy)
    expect(status).toEqual({
      currentNumberScheduled: 1,
      numberMisscheduled: 0,
      desiredNumberScheduled: 1,
      numberReady: 1,
      observedGeneration: 4,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
    })
  })

  it('is not written again when it says the same', () => {
    const first = sync(healthy)
    expect(first.statusChanged).toBe(true)
    const again = { ...daemonSet(), status: first.status }
    expect(sync({ ...healthy, daemonSet: again }).statusChanged).toBe(false)
  })

  it('only counts while creations of an earlier sync are not seen', () => {
    const failedPodsBackoff = new Map([['n1', { delay: 1000, since: now }]])
    const result = sync({ nodes: [node('n1')], expectationsMet: false, failedPodsBackoff })
    expect(result.failedPodsBackoff).toEqual(failedPodsBackoff)
    expect(result.budget).toBeUndefined()
    expect(result.pods).toEqual([])
    expect(result.status).toMatchObject({ desiredNumberScheduled: 1, numberUnavailable: 1 })
    expect(result.status.observedGeneration).toBeUndefined()
  })
})
