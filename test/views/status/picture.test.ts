import { describe, expect, it } from 'vitest'
import { plain } from '#base/style.ts'
import type { Phase, StateRow } from '#controller/state/types.ts'
import { pictureLines } from '#views/status/picture.ts'

const row = (
  node: string,
  phase: Phase,
  updated: boolean,
  labels: Record<string, string> = {},
): StateRow => ({
  node,
  object: { metadata: { name: node, labels } },
  shouldRun: true,
  shouldContinueRunning: true,
  misscheduled: false,
  pods: [],
  phase,
  since: undefined,
  updated,
  restarts: 0,
})

describe('the picture of the nodes', () => {
  it('has a letter for each node, by pool, and says what they mean', () => {
    const rows = [
      row('a', 'ready', true, { pool: 'general' }),
      row('b', 'ready', false, { pool: 'general' }),
      row('c', 'terminating', false, { pool: 'spot' }),
      row('d', 'failing', true, { pool: 'spot' }),
      row('e', 'failing', false, { pool: 'spot' }),
      row('f', 'none', false),
    ]
    expect(pictureLines(rows, 80, 10, plain)).toEqual([
      'general  Ro',
      'others   -',
      'spot     TXx',
      'o old 1  R ready 1  - no pod 1  T terminating 1  X failing 1  x old, failing 1',
    ])
  })

  it('groups by zone where there are no pools, and not where all are alike', () => {
    const zone = (name: string) => ({ 'topology.kubernetes.io/zone': name })
    expect(
      pictureLines(
        [row('a', 'ready', true, zone('eu-1')), row('b', 'pulling', true, zone('eu-2'))],
        80,
        9,
        plain,
      ),
    ).toEqual(['zone eu-1  R', 'zone eu-2  P', 'R ready 1  P pulling 1'])
    expect(pictureLines([row('a', 'ready', true, zone('eu-1'))], 80, 9, plain)[0]).toBe('nodes  R')
  })

  it('gives counts by group where letters would not fit', () => {
    const rows = Array.from({ length: 5000 }, (_, at) =>
      row(`n${at}`, at % 10 === 0 ? 'starting' : 'ready', at % 2 === 0, { pool: `p${at % 3}` }),
    )
    expect(pictureLines(rows, 80, 12, plain)).toEqual([
      'p0  1667: 833 old, 667 ready, 167 starting',
      'p1  1667: 834 old, 666 ready, 167 starting',
      'p2  1666: 833 old, 667 ready, 166 starting',
    ])
    expect(pictureLines(rows, 80, 2, plain)).toEqual([
      'p0  1667: 833 old, 667 ready, 167 starting',
      'and 2 more groups',
    ])
  })

  it('breaks a long group at the width', () => {
    const rows = Array.from({ length: 30 }, (_, at) => row(`n${at}`, 'ready', true))
    expect(pictureLines(rows, 27, 9, plain)).toEqual([
      'nodes  RRRRRRRRRRRRRRRRRRRR',
      '       RRRRRRRRRR',
      'R ready 30',
    ])
  })
})
