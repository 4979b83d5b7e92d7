import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityMilliValue,
  quantityValue,
  roundUpToMilli,
  zeroQuantity,
} from '#kube/quantity.ts'
import { runs } from '../helpers/random-cases.ts'

function quantity(text: string | number): Quantity {
  const result = parseQuantity(text)
  if (!result.ok) throw new Error(`${text}: ${result.error}`)
  return result.quantity
}
const canonical = (text: string | number) => formatQuantity(quantity(text))

describe('the canonical form is the one that Go prints', () => {
  it.each([
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1e9', '1e9'],
    ['2147483648', '2147483648'],
    ['1000', '1k'],
    ['1000M', '1G'],
    ['1.5Gi', '1536Mi'],
    ['0.1', '100m'],
    ['0Ki', '0'],
    ['-0', '0'],
    ['.', '0'],
    ['1.', '1.'],
    ['1.G', '1.G'],
    ['512Ki', '512Ki'],
    ['0.5Ki', '512'],
    ['0.9765625Ki', '1k'],
    ['.001Ki', '1024m'],
    ['.000000000001Ki', '2n'],
    ['100.035Ki', '102435840m'],
    ['0.0000000001', '1n'],
    ['3.001n', '4n'],
    ['0.00000012345', '124n'],
    ['-1.5', '-1500m'],
    ['12E', '12E'],
    ['9Ei', '9223372036854775807'],
    ['-9Ei', '-9223372036854775807'],
    ['1.2e3', '1200'],
    ['1.40e9', '1400e6'],
    ['1E-9', '1E-9'],
    ['1.500', '1.500'],
    ['01Ki', '01Ki'],
    ['1025Ki', '1025Ki'],
    ['1024', '1024'],
    [' 1Gi ', '1Gi'],
    ['+', '0'],
    ['-', '0'],
    ['+1.', '+1.'],
    ['1e+3', '1e+3'],
    ['1e03', '1e03'],
    ['1E3', '1E3'],
    ['1000e3', '1e6'],
    ['12000e-3', '12'],
    ['100e2', '10e3'],
    ['1e-10', '1e-9'],
    ['0.0015', '1500u'],
    ['0.000001', '1u'],
    ['1000000P', '1'],
    ['1000E', '1'],
    ['1500k', '1500k'],
    ['1.5k', '1500'],
    ['1024Ki', '1Mi'],
    ['1048576Ki', '1Gi'],
    ['1024Gi', '1Ti'],
    ['1024Ti', '1Pi'],
    ['1024Pi', '1Ei'],
    ['0.5Mi', '512Ki'],
    ['1.25Ki', '1280'],
    ['1023.5Ki', '1048064'],
    ['1.0001Ki', '1024102400u'],
    ['-1Ki', '-1Ki'],
    ['-1.5Ki', '-1536'],
    ['-0.5Ki', '-512'],
    ['1.0Ki', '1Ki'],
    ['123456789012Ki', '123456789012Ki'],
    ['12345679Gi', '12345679Gi'],
    ['0.1e-8', '1e-9'],
    ['1000000000000000001', '1000000000000000001'],
    ['123456789012345678', '123456789012345678'],
    ['0010', '0010'],
    ['000123', '000123'],
    ['10.0', '10'],
    ['.5', '500m'],
    ['0.500', '500m'],
    ['0.001m', '1u'],
    ['1234.5678', '1234567800u'],
    ['1.234567', '1.234567'],
    ['1e1', '10'],
    ['1e-1', '100e-3'],
    ['1e400', '10e399'],
    ['+12345678901Ki', '+12345678901Ki'],
    ['+123456789011Ki', '123456789011Ki'],
    ['+8Ki', '8Ki'],
    ['+9Ki', '+9Ki'],
    ['+1Ei', '1Ei'],
    ['+13Ti', '+13Ti'],
    ['+123Ti', '123Ti'],
    ['+123456789012345678', '+123456789012345678'],
    ['+1234567890123456789', '1234567890123456789'],
    ['+123456789012345.678', '+123456789012345.678'],
    ['+1.5', '1500m'],
    ['0m', '0'],
    ['0e3', '0'],
    ['0.0000000000', '0'],
    ['-8Ki', '-8Ki'],
    ['1000G', '1T'],
    ['1000T', '1P'],
    ['1000P', '1E'],
    ['8Ei', '9223372036854775807'],
    ['7Ei', '7Ei'],
    ['9223372036854775807', '9223372036854775807'],
    ['123456789012345678901', '123456789012345678901'],
    ['1.23456789012345678', '1234567891n'],
    [0.25, '250m'],
    [3, '3'],
  ])('%s is %s', (text, wanted) => {
    expect(canonical(text)).toBe(wanted)
  })
})

describe('what is no quantity is refused with upstream texts', () => {
  const format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  const suffix = "unable to parse quantity's suffix"
  it.each([
    ['', format],
    ['abc', format],
    ['1 Gi', format],
    ['1,5', format],
    ['1.2.3', format],
    ['0x10', format],
    ['1gi', format],
    ['1KB', format],
    ['1mi', suffix],
    ['1K', suffix],
    ['1e', suffix],
    ['1ie5', suffix],
    ['1e5i', format],
    ['1Mi5', suffix],
    ['1e99999999999999999999', suffix],
  ])('%s', (text, error) => {
    expect(parseQuantity(text)).toEqual({ ok: false, error })
  })
})

it('numbers that no one can write are refused', () => {
  const error = 'unable to parse numeric part of quantity'
  const digits = '1'.repeat(60_000)
  expect(parseQuantity(`${digits}${digits}`)).toEqual({ ok: false, error })
  expect(parseQuantity(`${digits}.${digits}`)).toEqual({ ok: false, error })
  expect(parseQuantity(`0.${digits}`)).toMatchObject({ ok: true })
})

it('is read as an amount in a form', () => {
  expect(quantity('1500m')).toEqual({ mantissa: 1500n, scale: -3, format: 'DecimalSI', literal: '1500m' })
  expect(quantity('-2.0Ki')).toEqual({ mantissa: -20480n, scale: -1, format: 'BinarySI' })
  expect(quantity('10e2')).toEqual({ mantissa: 10n, scale: 2, format: 'DecimalExponent' })
})

describe('sums and capacity', () => {
  const sum = (texts: string[]) => formatQuantity(texts.map(quantity).reduce(addQuantities, zeroQuantity))

  it.each([
    [['100m', '0.9'], '1'],
    [['512Mi', '512Mi'], '1Gi'],
    [['1Gi', '1G'], '2073741824'],
    [['0', '64Mi'], '64Mi'],
    [['1', '1Ki'], '1025'],
    [[], '0'],
    [['1Ki', '2048'], '3Ki'],
    [['2048', '1Ki'], '3072'],
    [['1', '0e2000000000'], '1'],
    [['0e2000000000', '1'], '1'],
    // A binary amount below one turns decimal, one of exactly one does not.
    [['0.0005Ki', '3071488m'], '3072'],
    [['0.0009765625Ki', '3071'], '3Ki'],
  ])('%s make %s', (texts, wanted) => {
    expect(sum(texts)).toBe(wanted)
  })

  it('takes the form of the first amount that is not zero', () => {
    expect(sum(['0', '1Ki', '1000'])).toBe('2024')
    expect(sum(['1Ki', '1Ki'])).toBe('2Ki')
  })

  it('rounds whole units and thousandths up', () => {
    expect(quantityValue(quantity('1500m'))).toBe(2n)
    expect(quantityValue(quantity('-1500m'))).toBe(-2n)
    expect(quantityValue(quantity('-500m'))).toBe(-1n)
    expect(quantityValue(quantity('2Gi'))).toBe(2147483648n)
    expect(quantityMilliValue(quantity('0.5'))).toBe(500n)
    expect(quantityMilliValue(quantity('1u'))).toBe(1n)
    expect(formatQuantity(roundUpToMilli(quantity('1u')))).toBe('1m')
    expect(formatQuantity(roundUpToMilli(quantity('1.500')))).toBe('1.500')
  })

  it('stays quick on exponents that no one can write out', () => {
    const huge = quantity('1e2000000000')
    expect(compareQuantities(huge, quantity('1'))).toBeGreaterThan(0)
    expect(compareQuantities(quantity('-1e2000000000'), quantity('1e-2000000000'))).toBeLessThan(0)
    expect(compareQuantities(addQuantities(huge, quantity('1')), huge)).toBe(0)
    expect(compareQuantities(addQuantities(quantity('1'), huge), huge)).toBe(0)
    expect(canonical('1e-2000000000')).toBe('1e-9')
    expect(canonical('1e2000000000')).toBe('100e1999999998')
  })
})

const suffixes: Record<string, bigint> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  Ki: 1024n * 10n ** 9n,
  Mi: 1024n ** 2n * 10n ** 9n,
}
/** A quantity's text, and its amount in billionths. */
const sized = fc
  .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.constantFrom(...Object.keys(suffixes)))
  .map(([number, suffix]) => ({ text: `${number}${suffix}`, nanos: number * (suffixes[suffix] ?? 1n) }))

describe('quantities behave as numbers', () => {
  it('survive being printed and read again', () => {
    fc.assert(
      fc.property(sized, ({ text }) => {
        const printed = canonical(text)
        expect(compareQuantities(quantity(printed), quantity(text))).toBe(0)
        expect(canonical(printed)).toBe(printed)
      }),
      runs(100),
    )
  })

  it('compare and add as exact integers of billionths do', () => {
    fc.assert(
      fc.property(sized, sized, (a, b) => {
        const sign = a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
        expect(compareQuantities(quantity(a.text), quantity(b.text))).toBe(sign)
        const sum = quantity(`${a.nanos + b.nanos}n`)
        expect(compareQuantities(addQuantities(quantity(a.text), quantity(b.text)), sum)).toBe(0)
      }),
      runs(100),
    )
  })

  it('are read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => typeof parseQuantity(text).ok === 'boolean'),
      runs(100),
    )
  })
})
