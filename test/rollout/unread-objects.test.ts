import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnreadObjects } from '#rollout/unread-objects.ts'
import { runs } from '../helpers/random-cases.ts'

const read = (bytes: Uint8Array) => `${bytes.length} times ${bytes[0]}, ${bytes.at(-1)}`

it('the last state of each object is read, whatever came and went, or nothing is kept for want of room', () => {
  const step = fc.record({
    name: fc.constantFrom(...'abcdefgh'),
    length: fc.oneof(fc.nat(9_000), fc.integer({ min: 1_000_000, max: 2_000_000 })),
    byte: fc.nat(255),
    how: fc.constantFrom('put', 'put', 'put', 'drop', 'read'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const unread = new UnreadObjects<string>()
      const known = new Map<string, string>()
      const all = () => [...unread.all()].sort()
      for (const { byte, how, length, name } of steps) {
        const bytes = new Uint8Array(length).fill(byte)
        if (how === 'read') {
          expect(all()).toEqual([...known].sort())
          known.clear()
        } else if (how === 'put' && unread.put(name, { bytes, read })) known.set(name, read(bytes))
        else {
          unread.drop(name)
          known.delete(name)
        }
      }
      expect(all()).toEqual([...known].sort())
    }),
    runs(100),
  )
})

it('of many objects there is room for a thousand as large as a pod', () => {
  const unread = new UnreadObjects<string>()
  const bytes = new Uint8Array(4_000)
  const kept = Array.from({ length: 1_100 }, (_, at) => unread.put(`pod-${at}`, { bytes, read }))
  expect(kept.filter(Boolean)).toHaveLength(1_024)
  unread.drop('pod-7')
  expect(unread.put('pod-2000', { bytes, read })).toBe(true)
})
