import { describe, expect, it } from 'vitest'
import { nodesMeant, refuseNodes } from '#commands/shared/node-choice.ts'

const nodes = [
  { metadata: { name: 'node-1', labels: { 'example.com/pool': 'spot', disk: '' } } },
  { metadata: { name: 'node-2', labels: { 'example.com/pool': 'general' } } },
]

function told(...texts: string[]): string {
  try {
    return refuseNodes(texts, nodes)
  } catch (error) {
    const { hint, message } = error as { message: string; hint?: string }
    return hint === undefined ? message : `${message}; ${hint}`
  }
}

describe('which nodes a user means', () => {
  it.each([
    ['node-2', ['node-2']],
    ['node-1,node-2,node-1', ['node-1', 'node-2']],
    ['node-1,node-3', undefined],
    ['example.com/pool=spot', ['node-1']],
    ['-l disk', ['node-1']],
    ['!disk', ['node-2']],
    ['example.com/pool in (spot, general)', ['node-1', 'node-2']],
    ['disk', undefined],
    ['example.com/pool=system', undefined],
    ['example.com/pool=spot=a', undefined],
  ])('%s', (text, names) => {
    expect(nodesMeant(text, nodes)).toEqual(names)
  })

  it.each([
    [['node-3'], 'no node "node-3" among the 2 nodes; did you mean node-1?'],
    [
      ['example.com/pool=spto'],
      'no node matches "example.com/pool=spto" among the 2 nodes; did you mean example.com/pool=spot?',
    ],
    [
      ['example.com/pol=spot'],
      'no node matches "example.com/pol=spot" among the 2 nodes; did you mean the label example.com/pool?',
    ],
    [
      ['example.com/pool=spot=a'],
      "\"example.com/pool=spot=a\" is neither names of nodes nor a label selector: found '=', expected: ',' or 'end of string'",
    ],
    // The ways to read example.com/pool=system=a=b:NoExecute: what cannot be read is not what was meant.
    [
      ['example.com/pool=system', 'example.com/pool=system=a'],
      'no node matches "example.com/pool=system" among the 2 nodes; the nodes have example.com/pool=general, example.com/pool=spot',
    ],
    [
      ['example.com/pool', 'example.com/pool=system'],
      'no node matches "example.com/pool=system" among the 2 nodes; the nodes have example.com/pool=general, example.com/pool=spot',
    ],
  ])('none of %j', (texts, message) => {
    expect(told(...texts)).toBe(message)
  })
})
