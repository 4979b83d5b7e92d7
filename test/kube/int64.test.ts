import { describe, expect, it } from 'vitest'
import { parseCanonicalInt64, parseInt64 } from '#kube/int64.ts'

describe('64-bit integers', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['+0', 0],
    ['1', 1],
    ['-1', -1],
    ['+12345', 12345],
    ['012345', 12345],
    ['-98765432100', -98765432100],
    ['123456789012345', 123456789012345],
    ['9007199254740993', 9007199254740993n],
    ['+9223372036854775807', 9223372036854775807n],
    ['-9223372036854775807', -9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['00000000000000000000001', 1n],
  ])('%s is read as Go reads it', (text, value) => {
    expect(parseInt64(text)).toBe(value)
  })

  it.each([
    '',
    '+',
    '-',
    '--1',
    '12345x',
    'x12345',
    ' 1',
    '1\n',
    '1.0',
    '1e3',
    '0x1',
    '1_000',
    '9223372036854775808',
    '-9223372036854775809',
    '18446744073709551615',
  ])('%j is none', (text) => {
    expect(parseInt64(text)).toBeUndefined()
  })

  it.each(['0', '5', '-5', '10', '9223372036854775807'])('%s is in plain form', (text) => {
    expect(parseCanonicalInt64(text)).toBe(parseInt64(text))
    expect(parseCanonicalInt64(text)).toBeDefined()
  })

  it.each(['', '-', '+5', '05', '-0', '-05', '00', '5 ', 'a5', '9223372036854775808'])(
    '%j is not',
    (text) => {
      expect(parseCanonicalInt64(text)).toBeUndefined()
    },
  )
})
