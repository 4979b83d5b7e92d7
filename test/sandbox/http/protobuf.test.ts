import { describe, expect, it } from 'vitest'
import { parseProtobuf } from '#sandbox/http/protobuf.ts'

function varint(value: bigint): number[] {
  const rest = BigInt.asUintN(64, value)
  const bytes: number[] = []
  for (let left = rest; ; left >>= 7n) {
    if (left < 0x80n) return [...bytes, Number(left)]
    bytes.push(Number(left & 0x7fn) | 0x80)
  }
}

/** A field on the wire: a number as a varint, text, bytes and messages with their length. */
function field(number: number, value: bigint | string | number[]): number[] {
  if (typeof value === 'bigint') return [...varint(BigInt(number << 3)), ...varint(value)]
  const bytes = typeof value === 'string' ? [...Buffer.from(value)] : value
  return [...varint(BigInt((number << 3) | 2)), ...varint(BigInt(bytes.length)), ...bytes]
}

const entry = (key: string, value: string) => [...field(1, key), ...field(2, value)]
const body = (apiVersion: string, kind: string, message: number[]) =>
  Buffer.from([
    ...Buffer.from('k8s\0'),
    ...field(1, [...field(1, apiVersion), ...field(2, kind)]),
    ...field(2, message),
  ])

describe('a protobuf body', () => {
  it('becomes the object that JSON would have brought', () => {
    const metadata = [
      ...field(1, 'web'),
      ...field(2, ''),
      ...field(7, -3n),
      ...field(8, field(1, 1_795_204_800n)),
      ...field(11, entry('app', 'web')),
      ...field(11, entry('tier', 'front')),
      ...field(13, [...field(1, 'Node'), ...field(6, 1n), ...field(7, 0n)]),
      ...field(13, field(1, 'Pod')),
      ...field(14, 'a'),
      ...field(14, 'b'),
    ]
    const secret = [...field(1, metadata), ...field(2, entry('key', 'value')), ...field(3, 'Opaque')]
    expect(parseProtobuf(body('v1', 'Secret', secret))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'web',
        generation: -3,
        creationTimestamp: '2026-11-20T20:00:00Z',
        labels: { app: 'web', tier: 'front' },
        ownerReferences: [{ kind: 'Node', controller: true, blockOwnerDeletion: false }, { kind: 'Pod' }],
        finalizers: ['a', 'b'],
      },
      data: { key: 'dmFsdWU=' },
      type: 'Opaque',
    })
  })

  it('passes over fields that are not known, of every wire type', () => {
    const fixed64 = [...varint(BigInt((102 << 3) | 1)), 1, 2, 3, 4, 5, 6, 7, 8]
    const unknown = [...field(100, 7n), ...field(101, 'x'), ...fixed64]
    const message = [...unknown, ...field(1, field(1, 'logs'))]
    expect(parseProtobuf(body('v1', 'Namespace', message))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'logs' },
    })
  })

  it('of a kind that is not known has no fields', () => {
    expect(parseProtobuf(body('v1', 'constructor', field(1, 'x')))).toEqual({
      apiVersion: 'v1',
      kind: 'constructor',
    })
  })

  it.each([
    ['without its mark', Buffer.from('k8s')],
    ['that ends within a number', Buffer.from('k8s\0\x0a\xff\xff', 'latin1')],
    ['that ends within a field', Buffer.from('k8s\0\x12\x05ab', 'latin1')],
    ['of a wire type that there is not', Buffer.from('k8s\0\x0b', 'latin1')],
    ['with a number for text', body('v1', 'Namespace', field(1, 7n))],
    ['with a number of more than 64 bits', Buffer.from(`k8s\0\x08${'\xff'.repeat(10)}\x01`, 'latin1')],
  ])('%s is refused', (_, bytes) => {
    expect(() => parseProtobuf(bytes)).toThrow('the body of the request is no well-formed protobuf message')
  })
})
