import { describe, expect, it } from 'vitest'
import { amountOf, parseAmount } from '#scheduler/amounts.ts'

describe('a quantity in the units in which the scheduler reckons', () => {
  it.each<[string, string, string | number, number | undefined]>([
    ['thousandths of a core', 'cpu', '250m', 250],
    ['whole cores', 'cpu', 2, 2000],
    ['less than a thousandth of a core is one', 'cpu', '1u', 1],
    ['bytes', 'memory', '1Ki', 1024],
    ['less than a byte is one', 'memory', '1m', 1],
    ['pieces', 'nvidia.com/gpu', '3', 3],
    ['the same text for another resource', 'memory', '250m', 1],
    ['what cannot be read', 'cpu', 'much', undefined],
    ['what cannot be read, asked again', 'cpu', 'much', undefined],
  ])('%s', (_, resource, quantity, units) => {
    expect(parseAmount(resource, quantity)).toBe(units)
  })
})

describe('an amount to read', () => {
  it.each<[string, string, number, string]>([
    ['whole cores', 'cpu', 3000, '3'],
    ['parts of a core', 'cpu', 1500, '1500m'],
    ['a resource of the node that is not in bytes', 'example.com/blocks', 4096, '4096'],
    ['pods', 'pods', 1100, '1100'],
    ['fewer bytes than a KiB', 'memory', 1023, '1023'],
    ['one KiB', 'memory', 1024, '1Ki'],
    ['a MiB', 'ephemeral-storage', 2 ** 20, '1Mi'],
    ['huge pages', 'hugepages-2Mi', 3 * 2 ** 30, '3Gi'],
    ['a TiB', 'memory', 2 ** 40, '1Ti'],
    ['a PiB', 'memory', 2 ** 50, '1Pi'],
    ['an EiB', 'memory', 2 ** 60, '1Ei'],
    ['more than there are units for', 'memory', 2 ** 71, '2048Ei'],
    ['a tenth of a unit', 'memory', 1.5 * 2 ** 20, '1.5Mi'],
  ])('%s', (_, resource, units, text) => {
    expect(amountOf(resource, units).text).toBe(text)
  })

  it('is rounded down, so that nobody counts on more than there is, or up when asked', () => {
    expect(amountOf('memory', 2 ** 20 + 1).text).toBe('1Mi')
    expect(amountOf('memory', 2 ** 20 + 1, Math.ceil).text).toBe('1.1Mi')
  })

  it('has its value in cores, bytes and pieces', () => {
    expect(amountOf('cpu', 1500).value).toBe(1.5)
    expect(amountOf('memory', 1500).value).toBe(1500)
    expect(amountOf('pods', 15).value).toBe(15)
  })
})
