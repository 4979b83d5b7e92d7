import { describe, expect, it } from 'vitest'
import type { Pod } from '#kube/types.ts'
import { PodInfo } from '#scheduler/pod-info.ts'
import { Rooms } from '#scheduler/rooms.ts'

const pod = (name: string, nodeName: string, more: Pod['spec'] = {}): Pod => ({
  metadata: { name },
  spec: { nodeName, ...more },
})
const shy = { affinity: { podAntiAffinity: {} } }
const nodes = ['a', 'b', 'c'].map((name) => ({ metadata: { name } }))
const antiAffine = (rooms: Rooms) =>
  rooms.antiAffineAmong([...nodes, {}]).map(({ metadata }) => metadata?.name)
const namesOn = (rooms: Rooms, node: string) => rooms.on(node).map(({ name }) => name)

describe('who is on the nodes', () => {
  it('are those that are there, and those for whom room is made, but none that are over', () => {
    const rooms = Rooms.of([
      pod('one', 'a'),
      pod('two', 'a'),
      { metadata: { name: 'awaited' }, status: { nominatedNodeName: 'a' } },
      { ...pod('done', 'a'), status: { phase: 'Succeeded' } },
      { ...pod('failed', 'a'), status: { phase: 'Failed' } },
      { metadata: { name: 'nowhere' } },
    ])
    expect(namesOn(rooms, 'a')).toEqual(['one', 'two', 'awaited'])
    expect(namesOn(rooms, 'b')).toEqual([])
  })

  it('is told anew where it has changed, which changes nothing before', () => {
    const before = Rooms.of([pod('one', 'a')])
    const after = new Rooms(before)
    after.set('a', [])
    expect(namesOn(after, 'a')).toEqual([])
    expect(namesOn(before, 'a')).toEqual(['one'])
  })
})

describe('nodes with pods that keep others off', () => {
  it('are those with an anti-affinity', () => {
    expect(antiAffine(Rooms.of([pod('one', 'a'), pod('shy', 'b', shy)]))).toEqual(['b'])
    expect(antiAffine(Rooms.of([pod('one', 'a', { affinity: {} })]))).toEqual([])
  })

  it('are those, too, to which one has come since', () => {
    const before = Rooms.of([pod('shy', 'b', shy)])
    const after = new Rooms(before)
    after.set('a', [new PodInfo(pod('one', 'a'), [])])
    expect(antiAffine(after)).toEqual(['b'])
    after.set('c', [new PodInfo(pod('one', 'c'), []), new PodInfo(pod('shy', 'c', shy), [])])
    expect(antiAffine(after)).toEqual(['b', 'c'])
    expect(antiAffine(new Rooms(after))).toEqual(['b', 'c'])
    expect(antiAffine(before)).toEqual(['b'])
  })
})
