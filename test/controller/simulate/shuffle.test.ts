import { describe, expect, it } from 'vitest'
import { randomFrom, shuffled } from '#controller/simulate/shuffle.ts'

describe('numbers by chance that a seed decides', () => {
  // Of the public-domain generator mulberry32, in 32 bits.
  it.each<[number, readonly number[]]>([
    [0, [1144304738, 1416247, 958946056]],
    [1, [2693262067, 11749833, 2265367787]],
    [-1, [3850105811, 813802916, 3073704848]],
  ])('seed %d', (seed, bits) => {
    const random = randomFrom(seed)
    expect(bits.map(() => random() * 2 ** 32)).toEqual(bits)
  })
})

describe('an order that a seed decides', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f']

  it('is one of the same items, and leaves those given as they are', () => {
    const given = [...items]
    expect(shuffled(given, 1)).not.toEqual(items)
    expect(shuffled(given, 1).sort()).toEqual(items)
    expect(given).toEqual(items)
    expect(shuffled([], 1)).toEqual([])
    expect(shuffled(['a'], 1)).toEqual(['a'])
  })

  it('puts each item in each place about as often as any other', () => {
    const runs = 6000
    const counts = new Map<string, number>()
    for (let seed = 0; seed < runs; seed++)
      for (const [place, item] of shuffled(items, seed).entries())
        counts.set(`${item}${place}`, (counts.get(`${item}${place}`) ?? 0) + 1)
    expect(counts.size).toBe(36)
    for (const count of counts.values()) expect(Math.abs(count - runs / 6)).toBeLessThan(150)
  })
})
