import { describe, expect, it } from 'vitest'
import type { Outcome } from '#scheduler/schedule.ts'
import { unschedulableMessage } from '#scheduler/unschedulable-message.ts'

/* FitError.Error of pkg/scheduler/framework, with the words of DynamicResources and DefaultPreemption. */

const refused = (reason: string, more: Partial<Outcome> = {}): Outcome => ({
  refusal: { reasons: [reason], unresolvable: false },
  victims: [],
  violations: 0,
  noVictims: ['No preemption victims found for incoming pod'],
  ...more,
})
const pinned = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
const unhelpful = 'Preemption is not helpful for scheduling'

describe('what the scheduler says of a pod that stays Pending', () => {
  it('without any node', () => {
    expect(unschedulableMessage([], 0)).toBe('no nodes available to schedule pods')
  })

  it('counts each reason, sorted, with the nodes that its affinity leaves out', () => {
    expect(unschedulableMessage([refused('Insufficient cpu')], 3)).toBe(
      `0/3 nodes are available: 1 Insufficient cpu, 2 ${pinned}. no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 ${unhelpful}.`,
    )
    const outcomes = [refused('Too many pods'), refused('Insufficient cpu'), refused('Too many pods')]
    expect(unschedulableMessage(outcomes, 3)).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
    )
  })

  it('adds the nodes left out to those that were looked at for the same reason', () => {
    expect(unschedulableMessage([refused('Insufficient cpu', { noVictims: [unhelpful] })], 2)).toContain(
      `preemption: 0/2 nodes are available: 2 ${unhelpful}.`,
    )
  })

  it('says no word of preemption where it evicts others on one of the nodes', () => {
    const evicting = refused('Insufficient cpu', { victims: [{} as never], noVictims: [] })
    expect(unschedulableMessage([refused('Insufficient memory'), evicting], 2)).toBe(
      '0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.',
    )
  })

  it('says once that it may evict nobody', () => {
    const noVictims = ['not eligible due to preemptionPolicy=Never.']
    const never = refused('Insufficient cpu', { mayNotPreempt: true, noVictims })
    expect(unschedulableMessage([never, never], 2)).toBe(
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    )
  })

  it('says what it found before it looked at any node, and tries nothing after that', () => {
    const reasons = ['persistentvolumeclaim "c" not found']
    const early = refused('', { refusal: { reasons, unresolvable: true, beforehand: true } })
    expect(unschedulableMessage([early], 59)).toBe(
      '0/59 nodes are available: persistentvolumeclaim "c" not found. not found',
    )
  })

  it('has nothing to count of a node that took it', () => {
    expect(unschedulableMessage([{ victims: [], violations: 0, noVictims: [] }], 2)).toContain(
      `0/2 nodes are available: 1 ${pinned}. `,
    )
  })
})
