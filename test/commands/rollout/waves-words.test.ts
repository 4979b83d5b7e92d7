import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import type { WaveProgress } from '#controller/waves/decide.ts'
import { progressLines } from '#views/waves/text.ts'

const progress = (change: Partial<WaveProgress>): WaveProgress => ({
  wave: 0,
  waves: 2,
  label: 'canary',
  nodes: 6,
  updated: 3,
  ready: 3,
  desired: 6,
  available: 5,
  allowed: 1,
  restarts: 0,
  leftOut: [],
  ...change,
})

describe('the lines below a roll-out in waves', () => {
  it('count the nodes of the wave, and the pods that are down', () => {
    expect(progressLines(progress({}), { elapsed: 61_000 }, plain)).toEqual([
      `wave 1 of 2 (canary) ${'█'.repeat(10)}${'░'.repeat(10)} 3/6`,
      '3/6 updated, 5 of 6 available, 1 of 1 down, 1m01s',
    ])
  })

  it('say by how much more are down than may be', () => {
    expect(progressLines(progress({ available: 4 }), { elapsed: 0 }, plain)[1]).toBe(
      '3/6 updated, 4 of 6 available, 2 down, 1 allowed, 0s',
    )
  })

  it('of an abort name no wave, and count what is not back', () => {
    const back = progress({ label: 'abort', waves: 1, ready: 5 })
    expect(progressLines(back, { elapsed: 0, aborting: true }, plain)).toEqual([
      `aborting ${'█'.repeat(17)}${'░'.repeat(3)} 5/6`,
      '1 node not back yet, 5 of 6 available, 1 of 1 down, 0s',
    ])
  })
})
