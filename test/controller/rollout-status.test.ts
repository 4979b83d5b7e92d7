import { describe, expect, it } from 'vitest'
import { type Judgement, judgeRollout } from '#controller/rollout-status.ts'

describe('what the status says of a roll-out', () => {
  it.each<[string, object, Judgement['state']]>([
    ['not observed', { generation: 3, observed: 2 }, 'unobserved'],
    ['observed ahead of the generation', { generation: 3, observed: 4 }, 'done'],
    ['old pods left', { generation: 3, observed: 3, desired: 2, updated: 1, available: 2 }, 'updating'],
    [
      'new pods not available',
      { generation: 3, observed: 3, desired: 2, updated: 2, available: 1 },
      'waiting',
    ],
    ['all there', { generation: 3, observed: 3, desired: 2, updated: 2, available: 2 }, 'done'],
    ['more than wanted', { generation: 3, observed: 3, desired: 2, updated: 3, available: 3 }, 'done'],
    ['nothing wanted', { generation: 3, observed: 3, desired: 0 }, 'done'],
    ['no status yet', { generation: 1 }, 'unobserved'],
  ])('%s', (_name, given, state) => {
    const counters = given as Record<string, number>
    const daemonSet = {
      metadata: { generation: counters.generation ?? 0 },
      spec: { updateStrategy: { type: 'RollingUpdate' } },
      status: {
        observedGeneration: counters.observed ?? null,
        desiredNumberScheduled: counters.desired ?? null,
        updatedNumberScheduled: counters.updated ?? null,
        numberAvailable: counters.available ?? null,
      },
    }
    const judgement = judgeRollout(daemonSet)
    const { desired = 0, updated = 0, available = 0 } = counters
    expect(judgement).toEqual({
      state,
      ...(state !== 'unobserved' && { desired }),
      ...(state === 'updating' && { updated }),
      ...(state === 'waiting' && { available }),
    })
    const onDelete = { ...daemonSet, spec: { updateStrategy: { type: 'OnDelete' } } }
    expect(judgeRollout(onDelete)).toEqual({ state: 'unsupported', strategy: 'OnDelete' })
    expect(judgeRollout(onDelete, { onDelete: true })).toEqual(judgement)
  })

  it('is nothing of a strategy that is not known, and that everything is done where nothing is said', () => {
    expect(judgeRollout({})).toEqual({ state: 'unsupported', strategy: '' })
    expect(judgeRollout({ spec: { updateStrategy: null } }, { onDelete: true }).state).toBe('unsupported')
    expect(judgeRollout({ spec: { updateStrategy: { type: 'RollingUpdate' } } })).toEqual({
      state: 'done',
      desired: 0,
    })
  })
})
