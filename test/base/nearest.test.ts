import { describe, expect, it } from 'vitest'
import { meant, nearest } from '#base/nearest.ts'

describe('nearest', () => {
  it.each([
    ['a letter too few', 'agnt', 'agent'],
    ['two neighbours swapped, which in so short a word is one slip', 'paln', 'plan'],
    ['a letter too many', 'logss', 'logs'],
    ['case', 'Agent', 'agent'],
    ['too far', 'undo', undefined],
    ['a swap at the very beginning', 'lpan', 'plan'],
    ['empty', '', undefined],
  ])('%s: %s', (_, word, found) => {
    expect(nearest(word, ['agent', 'plan', 'logs'])).toBe(found)
  })
})

describe('meant', () => {
  const nodes = ['ip-10-0-3-71.compute.internal', 'ip-10-0-3-7.compute.internal', 'worker-1']
  it.each([
    ['a slip', 'workr-1', 'worker-1'],
    ['the beginning of several: the shortest', 'ip-10-0-3-7', 'ip-10-0-3-7.compute.internal'],
    ['a part', '3-71', 'ip-10-0-3-71.compute.internal'],
  ])('%s: %s', (_, word, name) => {
    expect(meant(word, nodes)).toEqual({ hint: `did you mean ${name}?` })
  })

  it.each(['wo', '', 'gpu'])('is nothing for %j', (word) => {
    expect(meant(word, nodes)).toEqual({})
  })

  it('is asked in other words where a flag is to go with it', () => {
    expect(meant('workr-1', nodes, (name) => `try -n ${name}`)).toEqual({ hint: 'try -n worker-1' })
  })
})
